#!/usr/bin/env bash
# Tests the pages without a browser: types, HTML, rules in Node.js, and postal codes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh

main() {
  part "packages" install_packages
  cd tests/browser
  part "types" npm run --silent types
  part "HTML" npm run --silent test:html
  part "rules of the pages" npm run --silent test:pages
  cd ../..
  part "postal codes" tests/postal-codes/run.sh
}

install_packages() {
  debian_packages python3-venv
  node_packages tests/browser
}

main
