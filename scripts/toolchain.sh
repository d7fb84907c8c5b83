# Sourced by setup: Rust for the host and for WebAssembly, and the build tools.

# What the dependency tree needs at least (SeaORM, cargo-leptos).
RUST_MINIMUM=1.96

rust_new_enough() {
  [ "$(printf '%s\n%s\n' "$RUST_MINIMUM" "$(rustc --version | cut -d' ' -f2)" | sort -V | head -n 1)" = "$RUST_MINIMUM" ]
}

wasm_std_present() {
  ls "$(rustc --print sysroot)"/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib >/dev/null 2>&1
}

toolchain_ready() { have cargo && rust_new_enough && wasm_std_present; }

rustup_way() {
  have rustup || return 1
  unset RUSTUP_TOOLCHAIN
  rust_new_enough || timeout 600 rustup update stable || return 1
  timeout 300 rustup target add wasm32-unknown-unknown || return 1
  rustup component add clippy rustfmt || true
  toolchain_ready
}

# Where rustup can't reach its server: Debian's own Rust for web engines, with the
# standard library for WebAssembly built once from Debian's source package.
debian_way() {
  debian rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-19
  local lib=/usr/lib/rustlib/wasm32-unknown-unknown/lib
  if ! ls $lib/libstd-*.rlib >/dev/null 2>&1; then
    local work
    work=$(mktemp -d)
    mkdir -p "$work/src"
    printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n' >"$work/Cargo.toml"
    : >"$work/src/lib.rs"
    (
      cd "$work"
      env -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 \
        /usr/bin/cargo build --release -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown
    )
    as_root mkdir -p $lib
    as_root cp "$work"/target/wasm32-unknown-unknown/release/deps/*.rlib $lib/
    rm -rf "$work"
  fi
  local lld=/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld
  if [ ! -e $lld ]; then
    as_root mkdir -p "$(dirname $lld)"
    as_root ln -s /usr/lib/llvm-19/bin/lld $lld
  fi
  if have rustup; then
    rustup toolchain link portico /usr
    echo portico >"$CACHE/toolchain"
    export RUSTUP_TOOLCHAIN=portico
  fi
  toolchain_ready
}

install_toolchain() {
  toolchain_ready && return 0
  rustup_way && { rm -f "$CACHE/toolchain"; return 0; }
  echo "rustup could not provide Rust $RUST_MINIMUM with WebAssembly; using Debian's packages"
  debian_way
}

# A build tool need not be fast: built without optimisation, unless cargo-binstall has it ready.
cargo_tool() {
  local crate=$1 version=$2
  shift 2
  [ -x "$TOOLS/bin/$crate" ] && [ "$(cat "$TOOLS/$crate.version" 2>/dev/null)" = "$version" ] && return 0
  if ! { have cargo-binstall && timeout 120 cargo binstall -y --no-track --install-path "$TOOLS/bin" "$crate@$version"; }; then
    cargo install --debug --root "$TOOLS" --target-dir "$CACHE/tools-target" --force "$crate@$version" "$@"
  fi
  echo "$version" >"$TOOLS/$crate.version"
}

install_cargo_leptos() { cargo_tool cargo-leptos 0.3.11 --locked --no-default-features --features no_downloads; }

# wasm-bindgen's command line must equal the library of Cargo.lock.
install_wasm_bindgen() {
  local version
  version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print }' "$ROOT/Cargo.lock")
  [ -x "$TOOLS/bin/wasm-bindgen" ] && [ "$(cat "$TOOLS/wasm-bindgen.version" 2>/dev/null)" = "$version" ] && return 0
  cargo install --debug --root "$TOOLS" --target-dir "$CACHE/tools-target" --force "wasm-bindgen-cli@$version" --bin wasm-bindgen
  echo "$version" >"$TOOLS/wasm-bindgen.version"
}
