#!/usr/bin/env bash
# Checks that the API contract, infra/openapi.yaml, is valid, passes the style lints, and matches a running stack
# (schemathesis). Also checks that infra/monitoring.yaml refers only to existing metrics, that Cargo.toml contains the
# routes of the contract, and that docs/operate.md contains the figures from docs/costs.py.
#
# Starts a local stack that serves HTTPS, because the session cookie over plain HTTP differs from the contract. If
# BASE_URL is set, the script uses the stack at that URL instead. In that case, API_HOST sets the Host header, and
# ACCOUNTS is the path of a file with the subscribers that hooks.py requires. Arguments are passed to schemathesis, for
# example --exclude-checks unsupported_method.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/local-stack.sh

readonly HERE="$PWD/tests/contract"
readonly SCRATCH="$PWD/target/contract"
readonly CONTRACT="$SCRATCH/openapi.yaml"

main() {
  part "packages" install_packages
  mkdir -p "$SCRATCH"
  part "the document" judge_document
  part "what repeats it" judge_repetitions
  if [ -n "${BASE_URL:-}" ]; then
    part "schemathesis" ask "$@"
  else
    part "schemathesis" ask_own_stack "$@"
  fi
}

install_packages() {
  debian_packages openssl python3-venv
  tools="$(python_environment contract "$HERE/requirements.txt")/bin"
  node_packages "$HERE"
}

judge_document() {
  # In API Gateway, a plus sign marks a path parameter that matches the rest of the path. OpenAPI does not define this
  # syntax.
  sed 's/{request+}/{request}/' infra/openapi.yaml >"$CONTRACT"
  quietly "$tools/openapi-spec-validator" "$CONTRACT"
  quietly env REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
    "$HERE/node_modules/.bin/redocly" lint --config "$HERE/redocly.yaml" "$CONTRACT"
}

judge_repetitions() {
  "$tools/python" "$HERE/routes.py"
  "$tools/python" "$HERE/metrics.py"
  "$tools/python" docs/costs.py --check
}

ask_own_stack() {
  local data stack
  data=$(mktemp -d)
  cargo build --locked --quiet --workspace --bin cert-reissue
  target/debug/cert-reissue --https --port 0 --data "$data/stack" >"$data/output" 2>"$data/log" &
  stack=$!
  # shellcheck disable=SC2064 # uses the current values
  trap "kill $stack 2>/dev/null || true; rm -rf '$data'" EXIT
  BASE_URL=$(address_in "$data/output" "$stack") || { cat "$data/log"; return 1; }
  export REQUESTS_CA_BUNDLE="$data/stack/ca.pem"
  ask "$@"
}

ask() {
  local host=()
  [ -z "${API_HOST:-}" ] || host=(--header "Host: $API_HOST")
  export BASE_URL
  cd "$SCRATCH"
  env PYTHONPATH="$HERE" PYTHONDONTWRITEBYTECODE=1 "$tools/schemathesis" \
    --config-file "$HERE/schemathesis.toml" --no-color run "$CONTRACT" --url "$BASE_URL" "${host[@]}" "$@" >"$SCRATCH/output" 2>&1 \
    || { cat "$SCRATCH/output"; return 1; }
  tail -n 1 "$SCRATCH/output"
}

main "$@"
