# Sourced by every script here: where things live, and `step`, which runs one
# idempotent piece of work, says what it does, how long it took, and on failure
# ends with one line naming the cause and the command to run.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${PORTICO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/portico}
LOGS=$CACHE/logs
TOOLS=$CACHE/tools
mkdir -p "$LOGS" "$TOOLS/bin"
# The server knows its own variables and refuses others; this one is ours.
export -n PORTICO_CACHE 2>/dev/null || true
cd "$ROOT"

# One target directory for every clone on this machine: compiling is the cost.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
export PATH="$TOOLS/bin:$ROOT/node_modules/.bin:$PATH"

# The linked Debian toolchain, once setup has had to fall back to it.
use_toolchain() {
  if [ -f "$CACHE/toolchain" ]; then
    RUSTUP_TOOLCHAIN=$(cat "$CACHE/toolchain")
    export RUSTUP_TOOLCHAIN
  fi
}
use_toolchain

have() { command -v "$1" >/dev/null 2>&1; }

# die "cause" "command to run": the one line a failing script ends with.
die() {
  printf 'portico: %s. Run: %s\n' "$1" "$2" >&2
  exit 1
}

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# Long steps say once a minute that they are alive: a silent CI looks dead.
# Ends with the script ($$), however that ends.
heartbeat() {
  local log=$1 second=0
  while sleep 1 && kill -0 $$ 2>/dev/null; do
    second=$((second + 1))
    [ $((second % 60)) = 0 ] || continue
    printf '\n    %s min, now: %s … ' "$((second / 60))" "$(tail -n 1 "$log" | tr -d '\r' | cut -c1-100)"
  done
}

# step NAME "what it does" "what to run when it fails" COMMAND [ARG…]
# COMMAND runs in a shell of its own: what it sets is gone afterwards.
step() {
  local name=$1 what=$2 mend=$3 started=$EPOCHREALTIME status=0 beat
  local log=$LOGS/$name.log
  shift 3
  printf '· %s … ' "$what"
  : >"$log"
  heartbeat "$log" &
  beat=$!
  # Not `if ( … )`: bash would switch `set -e` off inside.
  set +e
  (set -e && "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  kill "$beat" 2>/dev/null || true
  wait "$beat" 2>/dev/null || true
  if [ "$status" = 0 ]; then
    printf 'done (%s s)\n' "$(seconds_since "$started")"
    return 0
  fi
  printf 'FAILED (%s s)\n' "$(seconds_since "$started")"
  tail -n 25 "$log" | sed 's/^/    /'
  die "$name failed: $(cause_in "$log") (all of it: $log)" "$mend"
}

# The line of a log most likely to say why.
cause_in() {
  local line
  line=$(grep -E '^(error|fatal|E:)|[Ee]rror[:[]|not found|refused|denied|No space|^npm error .*[a-z] ' "$1" | grep -v 'could not compile' | head -n 1 || true)
  [ -n "$line" ] || line=$(grep -v '^[[:space:]]*$' "$1" | tail -n 1 || true)
  printf '%s' "${line:-it said nothing}" | tr -d '\r' | cut -c1-160
}

# Root needs no sudo; anybody else does. No sudo and not root: said by the step that fails.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Debian packages that are missing, in one go; nothing to do costs one dpkg query.
# Their services are not started: what is installed here is for our own processes.
debian() {
  local missing=() p policy=/usr/sbin/policy-rc.d ours=
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  have apt-get || { echo "error: needs ${missing[*]}, and this machine has no apt-get: install them by hand"; return 1; }
  if [ ! -e $policy ]; then
    ours=1
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null && as_root chmod 755 $policy
  fi
  local status=0
  as_root apt-get update || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o Dpkg::Options::=--force-confold "${missing[@]}" || status=$?
  [ -z "$ours" ] || as_root rm -f $policy
  return "$status"
}
