#!/usr/bin/env bash
# Tests the pages in browsers against three running stacks. The revocation timing is a deployment setting, so each
# timing needs its own stack. The third stack serves HTTPS.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/local-stack.sh

readonly DEBIAN_PACKAGES=(
  chromium chromium-headless-shell firefox-esr webkit2gtk-driver xvfb fonts-noto-cjk openssl curl
)
readonly GECKODRIVER_VERSION=0.37.1

main() {
  part "packages" install_packages
  part "geckodriver" install_geckodriver
  part "the local stack built" cargo build --locked --workspace --bin cert-reissue
  data=$(mktemp -d)
  stacks=()
  trap stop EXIT
  # The tests pick up certificates with changed addresses. Only the stack with the timing pickup holds their codes.
  start_stack submission --revocation-timing submission --address-change-hold 0
  start_stack pickup --revocation-timing pickup
  start_stack https --https --address-change-hold 0
  BASE_URL=$(stack_address 0 submission)
  PICKUP_TIMING_URL=$(stack_address 1 pickup)
  HTTPS_URL=$(stack_address 2 https)
  # Node.js reads this file when it starts, and uses the file to verify the stack's certificate.
  NODE_EXTRA_CA_CERTS="$data/ca.pem"
  curl --silent --fail --output "$NODE_EXTRA_CA_CERTS" "http${HTTPS_URL#https}/ca.pem"
  export BASE_URL PICKUP_TIMING_URL HTTPS_URL NODE_EXTRA_CA_CERTS
  cd tests/browser
  part "features, states and pictures" npm run --silent test:browser
  part "engines" npm run --silent test:engines
}

install_packages() {
  debian_packages "${DEBIAN_PACKAGES[@]}"
  node_packages tests/browser
}

# Debian's Firefox does not include geckodriver. npm packages download the driver from other sites, and the driver in
# PyPI packages is years old. The driver is built without optimisation, because it only forwards messages.
install_geckodriver() {
  local folder="$PWD/target/tools/geckodriver-$GECKODRIVER_VERSION"
  [ -x "$folder/bin/geckodriver" ] ||
    CARGO_PROFILE_DEV_DEBUG=false cargo install geckodriver --debug --version "$GECKODRIVER_VERSION" --locked \
      --root "$folder" --quiet
  export GECKODRIVER="$folder/bin/geckodriver"
}

# Starts a stack with a name and options.
start_stack() {
  local name=$1
  shift
  target/debug/cert-reissue --port 0 --data "$data/$name" "$@" >"$data/$name.out" 2>"$data/$name.log" &
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
