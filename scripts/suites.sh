# Sourced by test and prove: runs checks and test suites to the end, adds up what
# they say, and closes with "N passed, N failed". A suite that ran nothing has failed.
# shellcheck shell=bash
passed=0
failed=0
problems=()

# check NAME "what" COMMAND…: counts as one.
check() {
  local name=$1 what=$2 started=$EPOCHREALTIME
  shift 2
  printf '\n== %s\n' "$what"
  logged "$name" "$@"
  if [ "$status" = 0 ]; then
    printf -- '-- %s: good (%s s)\n' "$name" "$(seconds_since "$started")"
    passed=$((passed + 1))
  else
    problem "$name" "$started"
    failed=$((failed + 1))
  fi
}

# suite NAME "what" COUNTER COMMAND…: COUNTER prints "passed failed" of what ran.
suite() {
  local name=$1 what=$2 counter=$3 started=$EPOCHREALTIME good bad
  shift 3
  printf '\n== %s\n' "$what"
  logged "$name" "$@"
  read -r good bad < <($counter "$LOGS/$name.log")
  # It failed without a failing test (it did not compile, say), or it ran nothing.
  if [ "$status" != 0 ] && [ "$bad" = 0 ] || [ $((good + bad)) = 0 ]; then bad=$((bad + 1)); fi
  passed=$((passed + good))
  failed=$((failed + bad))
  if [ "$bad" = 0 ]; then
    printf -- '-- %s: %s passed (%s s)\n' "$name" "$good" "$(seconds_since "$started")"
  else
    problem "$name ($good passed, $bad failed)" "$started"
  fi
}

# Shows and keeps what COMMAND prints, and leaves how it ended in `status`.
# Tests read no input. Not used as a condition: bash would switch `set -e` off inside.
status=0
logged() {
  local log=$LOGS/$1.log
  shift
  set +e
  (set -e && "$@") </dev/null 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  set -e
}

problem() {
  printf -- '-- %s: FAILED (%s s)\n' "$1" "$(seconds_since "$2")"
  problems+=("$1")
}

skipped() { printf '\n== %s: not run, %s\n' "$1" "$2"; }

# The lines of cargo test and of nextest.
count_rust() {
  awk '
    /^test result: / { for (i = 1; i <= NF; i++) { if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1) } }
    /^ *Summary \[/ {
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^passed/) p += $(i - 1)
        if ($i ~ /^failed/ || $i == "timed" || $i ~ /^exec/) f += $(i - 1)
      }
    }
    END { print p + 0, f + 0 }' "$1"
}

# Playwright writes its counts beside the list that it prints.
BROWSER_RESULTS=$ROOT/end2end/test-results/results.json
count_browser() {
  node -e '
    try {
      const { stats } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
      console.log(stats.expected + stats.flaky, stats.unexpected);
    } catch { console.log(0, 0); }' "$BROWSER_RESULTS"
}

# The last line anybody reads.
sum_up() {
  echo
  [ ${#problems[@]} = 0 ] || printf 'failed: %s\n' "${problems[@]}"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}
