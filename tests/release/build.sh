#!/usr/bin/env bash
# Builds the functions' binaries as `sam build` does, but all at once: cargo links two at a time, sam one after the other.
# tests/run.sh starts this beside the other steps; who calls it later waits for cargo's lock and finds everything built.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/release/tools.sh

main() {
  release_tools
  local function packages=()
  for function in functions/*/; do
    packages+=(--package "$(basename "$function")")
  done
  cargo lambda build --release --locked --quiet "${packages[@]}"
}

main
