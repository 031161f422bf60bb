#!/usr/bin/env bash
# Every check and test of the project, from a fresh machine with Rust, Node.js 20 and Python 3.11.
# What it needs besides comes from Debian, crates.io, npm and PyPI. Stops at the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/local-stack.sh

readonly CARGO_DENY_VERSION=0.20.2
readonly TOOLS="$PWD/target/tools"

main() {
  step "Debian packages" install_packages
  step "cargo fmt" cargo fmt --all --check
  step "cargo clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
  step "rustdoc" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
  step "cargo deny" check_dependencies
  step "Rust tests" cargo test --workspace --locked
  step "judges: openssl and pkilint" tests/judges/run.sh
  step "pages: types, HTML, rules, postal codes" check_pages
  step "pages: a browser on the running stack" browse
  step "contract: lint, schemathesis, alarms, costs" tests/contract/run.sh
  step "deployment: templates, release binaries, journeys on a stand-in for AWS" tests/deployed/run.sh
}

step() {
  printf '\n== %s\n' "$1"
  shift
  local started=$SECONDS
  "$@"
  printf -- '-- %d s\n' $((SECONDS - started))
}

install_packages() {
  local packages=()
  command -v chromium >/dev/null || packages+=(chromium)
  command -v chromium-headless-shell >/dev/null || packages+=(chromium-headless-shell)
  command -v openssl >/dev/null || packages+=(openssl)
  python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
  fc-list 2>/dev/null | grep -qi 'noto.*cjk' || packages+=(fontconfig fonts-noto-cjk)
  [ ${#packages[@]} -gt 0 ] || return 0
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update --quiet
  "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "${packages[@]}"
}

check_dependencies() {
  local deny="$TOOLS/bin/cargo-deny"
  if [ "$("$deny" --version 2>/dev/null)" != "cargo-deny $CARGO_DENY_VERSION" ]; then
    # Unoptimised: it runs once, for seconds, and its release build takes minutes longer.
    CARGO_PROFILE_DEV_DEBUG=false cargo install cargo-deny --debug --version "$CARGO_DENY_VERSION" --locked --root "$TOOLS" --quiet
  fi
  "$deny" --locked check bans licenses sources
}

check_pages() {
  cd tests/browser
  npm ci --no-audit --no-fund
  npm run types
  npm run test:html
  npm run test:pages
  cd ../..
  tests/postal-codes/run.sh
}

# Two stacks: the rule of revocation is a setting of a deployment, and the pages state the one that is in force.
browse() {
  data=$(mktemp -d)
  stacks=()
  trap 'kill "${stacks[@]}" 2>/dev/null || true; rm -rf "$data"' EXIT
  cargo build --locked --workspace --bin cert-reissue
  start_stack submission
  start_stack pickup
  (cd tests/browser && BASE_URL=$(stack_address 0 submission) PICKUP_TIMING_URL=$(stack_address 1 pickup) npm run test:browser)
  kill "${stacks[@]}"
  wait "${stacks[@]}" || true
  trap - EXIT
  rm -rf "$data"
}

start_stack() {
  target/debug/cert-reissue --port 0 --data "$data/$1" --revocation-timing "$1" >"$data/$1.out" 2>"$data/$1.log" &
  stacks+=($!)
}

stack_address() {
  address_in "$data/$2.out" "${stacks[$1]}" || { cat "$data/$2.log" >&2; return 1; }
}

main "$@"
