#!/usr/bin/env bash
# Checks formatting, lints, documentation and dependencies, and runs every Rust test.
#
# CARGO_DENY_ADVISORIES is the path of a clone of the RustSec advisory database. If the variable is not set, advisories
# are not checked.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh

# Most tests wait for a disk or for another process, so more tests than processors run at once.
export RUST_TEST_THREADS="${RUST_TEST_THREADS:-8}"

# Every target with tests. The functions' main.rs files contain no tests, so 18 binaries need not be linked.
readonly TARGETS=(--lib --test '*' --bin cert-reissue-operator)

main() {
  part "Debian packages" debian_packages openssl python3-venv
  part "cargo fmt" cargo fmt --all --check
  part "cargo clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
  part "cargo doc" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
  part "cargo deny" check_dependencies
  part "tests built" cargo test --workspace --locked "${TARGETS[@]}" --no-run
  part "tests" run_tests
  # The `tests` package has no examples. Including this package prevents cargo from recompiling the dependencies with
  # other features.
  part "examples in the documentation" cargo test --doc --package pki --package tests --locked
}

run_tests() {
  refuse_tests_that_would_not_run
  cargo test --workspace --locked "${TARGETS[@]}"
}

refuse_tests_that_would_not_run() {
  local status=0
  grep --line-number --extended-regexp '#\[(tokio::)?test\b' functions/*/src/main.rs infra/local-stack/src/main.rs || status=$?
  [ "$status" = 1 ] || { echo "main.rs only wires. Move these tests to the library."; return 1; }
  # Running the doc tests of all crates would take a minute, mostly for crates without examples.
  status=0
  grep --recursive --line-number --include='*.rs' --extended-regexp '^\s*//[/!] ```' shared/[!p]* shared/ports functions infra || status=$?
  [ "$status" = 1 ] || { echo "Only the examples of pki run. Name the crate of these in the step, too."; return 1; }
}

check_dependencies() {
  local deny
  deny="$(python_environment cargo-deny tests/rust/cargo-deny.txt)/bin/cargo-deny"
  "$deny" --locked check bans licenses sources
  check_advisories "$deny"
}

# cargo-deny accepts the advisory database only as a URL. A git setting redirects this URL to the local clone.
check_advisories() {
  if [ -z "${CARGO_DENY_ADVISORIES:-}" ]; then
    echo "advisories skipped: no advisory data (CARGO_DENY_ADVISORIES names none)"
    return
  fi
  local configuration=target/advisories/deny.toml
  mkdir -p target/advisories
  { cat deny.toml; printf '[advisories]\ndb-path = "%s"\ngit-fetch-with-cli = true\n' "$PWD/target/advisories"; } >"$configuration"
  GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0="url.file://$(realpath "$CARGO_DENY_ADVISORIES").insteadOf" \
    GIT_CONFIG_VALUE_0=https://github.com/RustSec/advisory-db \
    "$1" --locked --config "$configuration" check advisories
}

main
