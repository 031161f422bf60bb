#!/usr/bin/env bash
# The pages in browsers, on two running stacks: the rule of revocation is a setting of a deployment, and the pages state
# the one that is in force.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/local-stack.sh

readonly DEBIAN_PACKAGES=(chromium chromium-headless-shell fonts-noto-cjk openssl)

main() {
  part "packages" install_packages
  part "the local stack built" cargo build --locked --workspace --bin cert-reissue
  data=$(mktemp -d)
  stacks=()
  trap stop EXIT
  start_stack submission
  start_stack pickup
  BASE_URL=$(stack_address 0 submission)
  PICKUP_TIMING_URL=$(stack_address 1 pickup)
  export BASE_URL PICKUP_TIMING_URL
  cd tests/browser
  part "features, states and pictures" npm run --silent test:browser
}

install_packages() {
  debian_packages "${DEBIAN_PACKAGES[@]}"
  node_packages tests/browser
}

start_stack() {
  target/debug/cert-reissue --port 0 --data "$data/$1" --revocation-timing "$1" >"$data/$1.out" 2>"$data/$1.log" &
  stacks+=($!)
}

stack_address() {
  address_in "$data/$2.out" "${stacks[$1]}" || { cat "$data/$2.log" >&2; return 1; }
}

stop() {
  kill "${stacks[@]}" 2>/dev/null || true
  wait "${stacks[@]}" 2>/dev/null || true
  rm -rf "$data"
}

main
