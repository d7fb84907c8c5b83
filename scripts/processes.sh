# Sourced by run, watch and bench: the development settings, and processes that end with us.
# shellcheck shell=bash

# What the user's .env and environment do not say. The environment wins over .env.
development_settings() {
  load_env_file
  export PORTICO_ENV=${PORTICO_ENV:-development}
  export PORTICO_STRIPE_SECRET_KEY=${PORTICO_STRIPE_SECRET_KEY:-sk_test_sandbox}
  export PORTICO_STRIPE_WEBHOOK_SECRETS=${PORTICO_STRIPE_WEBHOOK_SECRETS:-whsec_sandbox}
  export PORTICO_STRIPE_API_URL=${PORTICO_STRIPE_API_URL:-http://127.0.0.1:12111}
  export LEPTOS_SITE_ADDR=${LEPTOS_SITE_ADDR:-127.0.0.1:3000}
  export PORTICO_BASE_URL=${PORTICO_BASE_URL:-http://$LEPTOS_SITE_ADDR}
  export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-$ROOT/target/site}
  export LEPTOS_OUTPUT_NAME=portico LEPTOS_SITE_PKG_DIR=pkg
  offer_the_sandboxs_github
}

# Unless another one is set. On localhost, which is another site than 127.0.0.1.
offer_the_sandboxs_github() {
  local addr
  addr=$(sandbox_addr)
  [ -n "$addr" ] && [ -z "${PORTICO_GITHUB_CLIENT_ID:-}" ] || return 0
  export PORTICO_GITHUB_CLIENT_ID=sandbox-client PORTICO_GITHUB_CLIENT_SECRET=sandbox-secret
  export PORTICO_GITHUB_BASE_URL=http://localhost:${addr##*:}/github
}

# NAME=value lines, optionally quoted; nothing is run.
load_env_file() {
  [ -f "$ROOT/.env" ] || return 0
  local line name value
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    [[ $value =~ ^\"(.*)\"[[:space:]]*$ || $value =~ ^\'(.*)\'[[:space:]]*$ ]] && value=${BASH_REMATCH[1]}
    [ -n "${!name+set}" ] || export "$name=$value"
  done <"$ROOT/.env"
}

# The sandbox runs only where the settings point at one on this machine.
sandbox_addr() {
  case $PORTICO_STRIPE_API_URL in
    http://127.0.0.1:* | http://localhost:*)
      local addr=${PORTICO_STRIPE_API_URL#http://}
      echo "${addr%%/*}"
      ;;
  esac
}

taken() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

# port_must_be_free ADDR "how to choose another"
port_must_be_free() {
  ! taken "$1" || die "port ${1##*:} is in use on ${1%:*}; stop what uses it, or choose another" "$2"
}

declare -a children=()

# child COMMAND…: in the background; told to stop when this script is gone, however it ends.
child() {
  if have setpriv; then
    setpriv --pdeathsig TERM -- "$@" &
  else
    "$@" &
  fi
  children+=($!)
}

# Ends every child: a polite word, ten seconds, then not polite.
stop_children() {
  local pid
  trap '' INT TERM
  for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for _ in $(seq 100); do
    any_alive || break
    sleep 0.1
  done
  for pid in "${children[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
}

any_alive() {
  local pid state
  for pid in "${children[@]}"; do
    # A finished child stays a zombie until waited for; it no longer counts.
    state=$(sed -E 's/^.*\) (.).*/\1/' "/proc/$pid/stat" 2>/dev/null) || continue
    [ "$state" = Z ] || return 0
  done
  return 1
}

# answers ADDR PATH: whether a GET is answered with 200. Needs no curl.
answers() {
  local status
  status=$(
    exec 2>/dev/null 3<>"/dev/tcp/${1%:*}/${1##*:}" || exit 1
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
    read -r -t 5 _ status _ <&3
    echo "$status"
  ) || return 1
  [ "$status" = 200 ]
}

# wait_until_answers ADDR PATH PID SECONDS: fails when the process ends or the time is over.
wait_until_answers() {
  local until=$((SECONDS + $4))
  until answers "$1" "$2"; do
    kill -0 "$3" 2>/dev/null || return 1
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.05
  done
}
