# Sourced by setup: Rust for the host and for WebAssembly, and the build tools.
# shellcheck shell=bash

# What the dependency tree needs at least (SeaORM, cargo-leptos).
RUST_MINIMUM=1.96

rust_new_enough() {
  local version
  version=$(rustc --version 2>/dev/null | cut -d' ' -f2)
  [ -n "$version" ] && [ "$(printf '%s\n%s\n' "$RUST_MINIMUM" "$version" | sort -V | head -n 1)" = "$RUST_MINIMUM" ]
}

wasm_std_present() {
  ls "$(rustc --print sysroot)"/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib >/dev/null 2>&1
}

toolchain_ready() { have cargo && have rustc && rust_new_enough && wasm_std_present; }

lints_ready() { cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; }

rustup_way() {
  have rustup || return 1
  unset RUSTUP_TOOLCHAIN
  rust_new_enough || timeout 600 rustup update stable || return 1
  wasm_std_present || timeout 300 rustup target add wasm32-unknown-unknown || return 1
  lints_ready || timeout 300 rustup component add clippy rustfmt || true
  toolchain_ready
}

# Where rustup can't reach its server: Debian's own Rust for web engines, with the
# standard library for WebAssembly built once from Debian's source package.
debian_way() {
  debian rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-19 || return 1
  local lib=/usr/lib/rustlib/wasm32-unknown-unknown/lib
  if ! ls $lib/libstd-*.rlib >/dev/null 2>&1; then
    build_wasm_std $lib || return 1
  fi
  local lld=/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld
  if [ ! -e $lld ]; then
    as_root mkdir -p "$(dirname $lld)"
    as_root ln -s /usr/lib/llvm-19/bin/lld $lld
  fi
  if have rustup; then
    rustup toolchain link portico /usr
    echo portico >"$CACHE/toolchain"
    use_toolchain
  fi
  toolchain_ready
}

build_wasm_std() {
  local lib=$1 work
  work=$(mktemp -d)
  mkdir -p "$work/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n' >"$work/Cargo.toml"
  : >"$work/src/lib.rs"
  (
    cd "$work"
    env -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 \
      /usr/bin/cargo build --release -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown
  ) || return 1
  as_root mkdir -p "$lib"
  as_root cp "$work"/target/wasm32-unknown-unknown/release/deps/*.rlib "$lib/" || return 1
  rm -rf "$work"
}

install_toolchain() {
  toolchain_ready && lints_ready && return 0
  if rustup_way; then
    rm -f "$CACHE/toolchain"
    return 0
  fi
  echo "rustup could not provide Rust $RUST_MINIMUM with WebAssembly; using Debian's packages"
  debian_way || {
    echo "error: no Rust $RUST_MINIMUM or newer with the target wasm32-unknown-unknown: install Rust with rustup"
    return 1
  }
}

tool_ready() { [ -x "$TOOLS/bin/$1" ] && [ "$(cat "$TOOLS/$1.version" 2>/dev/null)" = "$2" ]; }

# A build tool need not be fast: built without optimisation or debug information,
# unless cargo-binstall has it ready.
cargo_tool() {
  local crate=$1 binary=$2 version=$3
  shift 3
  tool_ready "$binary" "$version" && return 0
  if ! { have cargo-binstall && timeout 120 cargo binstall -y --no-track --install-path "$TOOLS/bin" "$crate@$version"; }; then
    CARGO_PROFILE_DEV_DEBUG=0 cargo install --debug --root "$TOOLS" --target-dir "$CACHE/tools-target" \
      --force "$crate@$version" --bin "$binary" "$@"
    rm -rf "$CACHE/tools-target"
  fi
  echo "$version" >"$TOOLS/$binary.version"
}

CARGO_LEPTOS=0.3.11
install_cargo_leptos() {
  cargo_tool cargo-leptos cargo-leptos $CARGO_LEPTOS --locked --no-default-features --features no_downloads
}

# wasm-bindgen's command line must equal the library of Cargo.lock.
wasm_bindgen_version() {
  awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' "$ROOT/Cargo.lock"
}
# Not --locked: its lock file names a version that some mirrors lack.
install_wasm_bindgen() { cargo_tool wasm-bindgen-cli wasm-bindgen "$(wasm_bindgen_version)"; }
