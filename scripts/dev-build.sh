# Sourced: builds what `make run` and the browser tests start.
# shellcheck shell=bash
#
# cargo-leptos redoes the browser's half even when nothing changed, so a build is
# skipped when every file it reads has the size and time it had at the last one.
# The programs are copied out of the shared target directory, where another clone
# would put its own in their place.
DEV=$ROOT/target/dev
SITE=$ROOT/target/site

build_inputs() {
  rustc --version
  find Cargo.toml Cargo.lock .cargo package-lock.json app frontend server crates migrations sandbox style public \
    -type f -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort
}

dev_build_ready() {
  [ -x "$DEV/portico" ] && [ -x "$DEV/sandbox" ] && [ -f "$SITE/pkg/portico.js" ] &&
    [ "$(cat "$DEV/inputs" 2>/dev/null)" = "$(build_inputs | sha256sum)" ]
}

build_dev() {
  local inputs
  inputs=$(build_inputs | sha256sum)
  mkdir -p "$DEV"
  rm -f "$DEV/inputs"
  # One clone at a time: between building and copying, the programs must stay ours.
  (
    flock 9
    RUST_BACKTRACE=0 cargo leptos build
    # Moved into place, never written over: the old one may be running.
    for program in portico sandbox; do
      cp "$CARGO_TARGET_DIR/debug/$program" "$DEV/.$program"
      mv "$DEV/.$program" "$DEV/$program"
    done
  ) 9>"$CACHE/build.lock"
  echo "$inputs" >"$DEV/inputs"
}

dev_build() {
  dev_build_ready || step build "building (the first time about ten minutes on two cores)" \
    "cargo leptos build" build_dev
}
