# Sourced by every script here: where things live, and `step`, which runs one
# idempotent piece of work, says what it does, how long it took, and on failure
# ends with one line naming the cause and the command to run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${PORTICO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/portico}
LOGS=$CACHE/logs
TOOLS=$CACHE/tools
mkdir -p "$LOGS" "$TOOLS/bin"

# One target directory for every clone on this machine: compiling is the cost.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
export PATH="$TOOLS/bin:$PATH"
# The linked Debian toolchain, once setup has had to fall back to it.
if [ -f "$CACHE/toolchain" ]; then
  RUSTUP_TOOLCHAIN=$(cat "$CACHE/toolchain")
  export RUSTUP_TOOLCHAIN
fi

bold() { if [ -t 1 ]; then printf '\033[1m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi; }

# step NAME "what it does" "what to run when it fails" COMMAND [ARG…]
step() {
  local name=$1 what=$2 mend=$3 started=$SECONDS
  shift 3
  printf '· %s … ' "$what"
  if "$@" >"$LOGS/$name.log" 2>&1 </dev/null; then
    printf 'done (%s s)\n' "$((SECONDS - started))"
  else
    printf 'FAILED (%s s)\n' "$((SECONDS - started))"
    tail -n 25 "$LOGS/$name.log" | sed 's/^/    /'
    printf 'portico: %s failed: %s. Run: %s   (full output: %s)\n' \
      "$name" "$(grep -iE 'error|fatal|E:|not found|refused' "$LOGS/$name.log" | tail -n 1 | cut -c1-160 || true)" \
      "$mend" "$LOGS/$name.log" >&2
    exit 1
  fi
}

have() { command -v "$1" >/dev/null 2>&1; }

# Root needs no sudo; anybody else does. No sudo and not root: said by the step that fails.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Debian packages that are missing, in one go; nothing to do costs one dpkg query.
debian() {
  local missing=()
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  have apt-get || { echo "error: needs ${missing[*]}, and this machine has no apt-get: install them by hand"; return 1; }
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}
