#!/usr/bin/env bash
# Lints the templates, builds them with `sam build`, and deploys them with `sam deploy` to a local AWS emulator. The
# emulator runs the functions' real binaries and enforces their IAM policies. prove.py tests the deployment.
#
# FUNCTIONS=release deploys release binaries, which tests/release/run.sh or this script builds. Otherwise, `cargo build`
# builds the functions, and tests/deployed/unoptimised replaces cargo-lambda.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/release/tools.sh

readonly HERE="$PWD/tests/deployed"
export SCRATCH="$PWD/target/deployed"

export SAM_CLI_TELEMETRY=0
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
unset AWS_SESSION_TOKEN AWS_PROFILE

main() {
  rm -rf "$SCRATCH"
  mkdir -p "$SCRATCH"
  part "packages" install_packages
  part "templates linted" lint
  part "sam build" build
  part "the emulator started" start_emulator
  part "deployed, used, updated, deleted" "$TOOLS/bin/python" "$HERE/prove.py"
}

# Creates three Python environments, because SAM, the emulator and the linters need different package versions.
install_packages() {
  debian_packages openssl python3-venv
  if [ "${FUNCTIONS:-}" = release ]; then
    release_tools
  else
    TOOLS=$(python_environment tools "$HERE/tools.txt")
    export PATH="$HERE/unoptimised:$TOOLS/bin:$PATH"
  fi
  EMULATOR=$(python_environment emulator "$HERE/emulator.txt")
  LINTERS=$(python_environment linters "$HERE/linters.txt")
}

# Runs checkov, and the same cfn-lint as `sam validate --lint`.
lint() {
  local templates=() template checkov
  for template in infra/*.yaml; do
    [ "$template" = infra/openapi.yaml ] || templates+=("$template")
  done
  quietly "$LINTERS/bin/checkov" --config-file infra/.checkov.yaml --file "${templates[@]}" &
  checkov=$!
  quietly cfn-lint "${templates[@]}"
  wait "$checkov"
}

build() {
  if [ "${FUNCTIONS:-}" = release ]; then
    cargo build --locked --quiet --workspace --bin cert-reissue-operator
    quietly as_release sam build
  else
    cargo build --locked --quiet --workspace --bins
    quietly sam build
  fi
}

start_emulator() {
  local port tries
  port=$("$TOOLS/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export AWS_ENDPOINT_URL="http://127.0.0.1:$port"
  AUTH=true BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" SFTP_ENABLED=0 IOT_MTLS_ENABLED=0 DOCKER_HOST=unix:///nonexistent \
    "$EMULATOR/bin/python" "$HERE/emulator.py" >"$SCRATCH/emulator.log" 2>&1 &
  # shellcheck disable=SC2064 # uses the current values
  trap "kill $! 2>/dev/null || true" EXIT
  for ((tries = 0; tries < 120; tries++)); do
    ! "$TOOLS/bin/python" -c "import urllib.request as u; u.urlopen('$AWS_ENDPOINT_URL/_ministack/health')" 2>/dev/null || return 0
    sleep 0.5
  done
  cat "$SCRATCH/emulator.log"
  return 1
}

main
