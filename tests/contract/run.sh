#!/usr/bin/env bash
# The contract, infra/openapi.yaml: valid, in good style, and what a running stack really does (schemathesis). And
# infra/monitoring.yaml names only metrics that there are; Cargo.toml routes as the contract does; docs/costs.py is what
# docs/operate.md says.
#
# Starts a local stack, or asks the one at BASE_URL: API_HOST is then the Host header, ACCOUNTS a file with
# subscribers (hooks.py says which). Arguments go to schemathesis, for example --exclude-checks unsupported_method.
# Needs openssl, Node.js 20 and Python 3.11 with venv; takes the rest from npm and PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/local-stack.sh

readonly HERE="$PWD/tests/contract"
readonly SCRATCH="$PWD/target/contract"
VENV="$PWD/target/tools/contract-$(sha256sum "$HERE/requirements.txt" | cut -c1-12)"
readonly VENV
readonly CONTRACT="$SCRATCH/openapi.yaml"

main() {
  install_tools
  mkdir -p "$SCRATCH"
  # The name of a path parameter that takes the rest of the path is API Gateway's, not OpenAPI's.
  sed 's/{request+}/{request}/' infra/openapi.yaml >"$CONTRACT"
  quietly "$VENV/bin/openapi-spec-validator" "$CONTRACT"
  quietly env REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
    "$HERE/node_modules/.bin/redocly" lint --config "$HERE/redocly.yaml" "$CONTRACT"
  "$VENV/bin/python" "$HERE/routes.py"
  "$VENV/bin/python" "$HERE/metrics.py"
  "$VENV/bin/python" docs/costs.py --check
  if [ -n "${BASE_URL:-}" ]; then
    ask "$@"
  else
    ask_own_stack "$@"
  fi
}

install_tools() {
  if [ ! -x "$VENV/bin/schemathesis" ]; then
    rm -rf "$VENV"
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$HERE/requirements.txt"
  fi
  (cd "$HERE" && npm ci --no-audit --no-fund --loglevel error >/dev/null)
}

quietly() {
  "$@" >"$SCRATCH/output" 2>&1 || { cat "$SCRATCH/output"; return 1; }
}

ask_own_stack() {
  local data stack
  data=$(mktemp -d)
  cargo build --locked --quiet --workspace --bin cert-reissue
  target/debug/cert-reissue --port 0 --data "$data/stack" >"$data/output" 2>"$data/log" &
  stack=$!
  # shellcheck disable=SC2064 # the values of now
  trap "kill $stack 2>/dev/null || true; rm -rf '$data'" EXIT
  BASE_URL=$(address_in "$data/output" "$stack") || { cat "$data/log"; return 1; }
  ask "$@"
}

ask() {
  local host=()
  [ -z "${API_HOST:-}" ] || host=(--header "Host: $API_HOST")
  export BASE_URL
  cd "$SCRATCH"
  quietly env PYTHONPATH="$HERE" PYTHONDONTWRITEBYTECODE=1 "$VENV/bin/schemathesis" \
    --config-file "$HERE/schemathesis.toml" --no-color run "$CONTRACT" --url "$BASE_URL" "${host[@]}" "$@"
  tail -n 1 "$SCRATCH/output"
}

main "$@"
