#!/usr/bin/env bash
# Proves the templates: linted, built by `sam build`, and deployed by `sam deploy` to a stand-in for AWS on this machine that
# runs the functions' real binaries and enforces their policies (prove.py). No function's binary may be larger than 8 MB.
#
# Needs Python 3.11 with venv; takes the rest from PyPI. SAM_BUILD_MODE=debug builds faster, and skips the sizes.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly HERE="$PWD/tests/deployed"
# publish-crl is the largest: S3's client, and the verification of signatures over digests.
readonly LARGEST_BINARY=$((8000 * 1000))
export SCRATCH="$PWD/target/deployed"

export SAM_CLI_TELEMETRY=0
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
unset AWS_SESSION_TOKEN AWS_PROFILE

main() {
  rm -rf "$SCRATCH"
  mkdir -p "$SCRATCH"
  install_tools
  lint
  build
  start_stand_in
  "$TOOLS/bin/python" "$HERE/prove.py"
}

# Two environments: what the stand-in needs and what SAM needs are other versions of the same.
install_tools() {
  TOOLS=$(environment tools)
  STAND_IN=$(environment stand-in)
  LINTERS=$(environment linters)
  export PATH="$TOOLS/bin:$PATH"
}

# uv, because pip takes minutes to resolve what SAM needs even when everything is pinned.
environment() {
  local requirements="$HERE/$1.txt" venv
  venv="$PWD/target/tools/$1-$(sha256sum "$requirements" | cut -c1-12)"
  if [ ! -e "$venv/complete" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --requirement "$requirements"
    touch "$venv/complete"
  fi
  printf '%s' "$venv"
}

lint() {
  local template
  for template in infra/*.yaml; do
    [ "$template" != infra/openapi.yaml ] || continue
    quietly sam validate --lint --template "$template"
    quietly cfn-lint "$template"
    quietly "$LINTERS/bin/checkov" --config-file infra/.checkov.yaml --file "$template"
  done
  echo "   templates linted"
}

build() {
  cargo build --locked --quiet --workspace --bin cert-reissue-operator
  quietly sam build
  [ "${SAM_BUILD_MODE:-}" != debug ] || return 0
  local bootstrap size failed=0
  for bootstrap in .aws-sam/build/*/*/bootstrap; do
    size=$(stat --format %s "$bootstrap")
    printf '   %-26s %5.2f MB\n' "$(basename "$(dirname "$bootstrap")")" "$(awk "BEGIN { print $size / 1000000 }")"
    [ "$size" -le "$LARGEST_BINARY" ] || failed=1
  done
  [ "$failed" = 0 ] || { echo "a binary is larger than 8 MB"; return 1; }
}

start_stand_in() {
  local port tries
  port=$("$TOOLS/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export AWS_ENDPOINT_URL="http://127.0.0.1:$port"
  AUTH=true BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" SFTP_ENABLED=0 IOT_MTLS_ENABLED=0 DOCKER_HOST=unix:///nonexistent \
    "$STAND_IN/bin/python" "$HERE/stand_in.py" >"$SCRATCH/stand-in.log" 2>&1 &
  # shellcheck disable=SC2064 # the values of now
  trap "kill $! 2>/dev/null || true" EXIT
  for ((tries = 0; tries < 120; tries++)); do
    ! "$TOOLS/bin/python" -c "import urllib.request as u; u.urlopen('$AWS_ENDPOINT_URL/_ministack/health')" 2>/dev/null || return 0
    sleep 0.5
  done
  cat "$SCRATCH/stand-in.log"
  return 1
}

quietly() {
  "$@" >"$SCRATCH/output" 2>&1 || { cat "$SCRATCH/output"; return 1; }
}

main "$@"
