#!/usr/bin/env bash
# Runs the project's checks and tests. A fresh machine needs only Rust, Node.js 20.19 and Python 3.11. Each step
# installs its other tools from Debian, crates.io, npm and PyPI. The script stops at the first failure.
#
#   tests/run.sh            every step
#   tests/run.sh STEP…      the named steps
#   tests/run.sh --list     a description of each step, and the duration of its last run
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/steps.sh

readonly STEPS=(rust judges pages browser contract sizes deployment)
asked=()
running=
release_build=

# Prints a description of a step.
proof_of() {
  case $1 in
    rust) echo "format, lints, documentation and dependencies; unit, property and integration tests over HTTP" ;;
    judges) echo "openssl and pkilint accept certificates, CRLs and OCSP responses" ;;
    pages) echo "types, HTML and rules of the pages; postal codes equal to their source; links of the documents" ;;
    browser) echo "Chromium: every feature, state and picture, with axe; Firefox and WebKit: from step 1 to a saved .p12" ;;
    contract) echo "openapi.yaml is valid and describes a running stack; metrics, routes and costs agree with the code" ;;
    sizes) echo "the release binaries: size, list of dependencies, bill of materials, the same bytes from two folders" ;;
    deployment) echo "templates are linted, deployed by sam to an emulator that enforces IAM, used, updated and deleted" ;;
  esac
}

# Runs a step.
run() {
  case $1 in
    rust) tests/rust/run.sh ;;
    judges) tests/judges/run.sh ;;
    pages) tests/browser/pages.sh ;;
    browser) tests/browser/run.sh ;;
    contract) tests/contract/run.sh ;;
    sizes) tests/release/run.sh ;;
    deployment) tests/deployed/run.sh ;;
  esac
}

main() {
  case ${1:-} in
    --list) list ;;
    -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" ;;
    *) run_steps "$@" ;;
  esac
}

list() {
  local step
  for step in "${STEPS[@]}"; do
    printf '%-11s %s\n            last: %s\n' "$step" "$(proof_of "$step")" "$(last_time "$step")"
  done
}

last_time() {
  awk -F '\t' -v step="$1" '$1 == step { seconds += $3; day = $4 } END { if (day) print seconds " s on " day; else print "never" }' \
    "$STEP_TIMES" 2>/dev/null || echo never
}

run_steps() {
  local step
  asked=("$@")
  [ $# -gt 0 ] || asked=("${STEPS[@]}")
  for step in "${asked[@]}"; do
    [ -n "$(proof_of "$step")" ] || { echo "There is no step \"$step\". The steps are: ${STEPS[*]}." >&2; exit 2; }
  done
  mkdir -p target
  trap finish EXIT
  if [[ " ${asked[*]} " == *" sizes "* ]]; then
    # The step "sizes" builds the release binaries, so the step "deployment" can deploy them.
    export FUNCTIONS=release
    [ ${#asked[@]} = 1 ] || build_release_beside
  fi
  for step in "${asked[@]}"; do
    running=$step
    forget_times "$step"
    STEP=$step run "$step"
  done
}

# Compiles the release binaries while other steps wait for packages, browsers or disks. The step "sizes" repeats the
# build and prints its messages.
build_release_beside() {
  # The build runs in its own process group, so that the script can stop it. A separate session would form a separate
  # scheduling group, in which niceness would have no effect.
  set -m
  nice -n 19 tests/release/build.sh >target/release-build.log 2>&1 &
  set +m
  release_build=$!
}

forget_times() {
  touch "$STEP_TIMES"
  awk -F '\t' -v step="$1" '$1 != step' "$STEP_TIMES" >"$STEP_TIMES.new"
  mv "$STEP_TIMES.new" "$STEP_TIMES"
}

finish() {
  local status=$?
  [ -z "$release_build" ] || kill -- "-$release_build" 2>/dev/null || true
  printf '\n%-11s %-58s %7s\n' step part seconds
  awk -F '\t' -v asked=" ${asked[*]} " '
    index(asked, " " $1 " ") { printf "%-11s %-58s %7d\n", $1, $2, $3; total += $3 }
    END { printf "%-11s %-58s %7d\n", "", "total", total }' "$STEP_TIMES"
  [ "$status" = 0 ] || printf 'FAILED in the step "%s"\n' "$running"
}

main "$@"
