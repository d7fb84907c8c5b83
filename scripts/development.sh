# Sourced by run and watch: everything up to the server itself, and the words at the end.
# shellcheck shell=bash disable=SC2154 # children: processes.sh

# Before anything is built: nobody waits for minutes to hear that a port is taken.
ports_must_be_free() {
  local addr
  port_must_be_free "$LEPTOS_SITE_ADDR" "LEPTOS_SITE_ADDR=127.0.0.1:3010 make $1"
  addr=$(sandbox_addr)
  [ -z "$addr" ] || port_must_be_free "$addr" "PORTICO_STRIPE_API_URL=http://127.0.0.1:12112 make $1"
}

# Leaves the sandbox running and the database filled.
prepare_development() {
  mkdir -p "$ROOT/data"
  start_sandbox
  step migrate "bringing the database up to date" "$DEV/portico migrate" "$DEV/portico" migrate
  [ "$PORTICO_ENV" != development ] ||
    step seed-demo "filling in the demo" "$DEV/portico seed-demo" "$DEV/portico" seed-demo
}

start_sandbox() {
  local addr
  addr=$(sandbox_addr)
  [ -n "$addr" ] || return 0
  child "$DEV/sandbox" --addr "$addr" --state "$ROOT/data/sandbox.json" \
    --webhook-url "http://$LEPTOS_SITE_ADDR/webhooks/stripe" >"$ROOT/data/sandbox.log" 2>&1
  wait_until_answers "$addr" /_sandbox/requests "${children[-1]}" 15 ||
    die "the sandbox did not start: $(tail -n 1 "$ROOT/data/sandbox.log")" "less data/sandbox.log"
}

welcome() {
  local stripe mail
  mail="is kept, not sent: $PORTICO_BASE_URL/dev/mail"
  [ -z "${PORTICO_SMTP_URL:-}" ] || mail="is sent by PORTICO_SMTP_URL"
  stripe=$(sandbox_addr)
  if [ -n "$stripe" ]; then
    stripe="stands in at http://$stripe (what it was asked: http://$stripe/_sandbox/requests)"
  else
    stripe=$PORTICO_STRIPE_API_URL
  fi
  cat <<TEXT

  Portico is at      $PORTICO_BASE_URL
  Sign in as         owner@acme.test    (Owner of acme, on plan Pro)
                     admin@acme.test, editor@acme.test, viewer@acme.test
                     owner@globex.test  (Owner of globex, on the free plan)
                     both@example.test  (Owner of acme, Viewer of globex)
  Password of all    correct horse battery staple
  Mail               $mail
  Stripe             $stripe
  Ctrl-C             stops everything

TEXT
}
