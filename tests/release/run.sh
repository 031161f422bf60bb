#!/usr/bin/env bash
# Builds the release binaries as `sam build` does. Checks that no binary is larger than 11.5 MB, and that each binary
# contains the list of its dependencies. Also writes the bills of materials, and checks that a build in another folder
# is byte-for-byte identical.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/release/tools.sh

# publish-crl is the largest binary, because it contains the S3 client and code that verifies signatures over digests.
readonly LARGEST_BINARY=$((11500 * 1000))

main() {
  part "packages" install_packages
  part "bills of materials" write_bills
  part "release binaries" tests/release/build.sh
  part "sizes" measure
  part "lists of dependencies" "$TOOLS/bin/python" tests/release/dependencies.py "$BUILT" functions/*/
  part "the same bytes from another folder" compare
}

install_packages() {
  debian_packages binutils python3-venv
  bills=$(python_environment sbom infra/sbom.txt)
  release_tools
}

write_bills() {
  "$bills/bin/python" infra/sbom.py target/sbom
}

measure() {
  local function size failed=0
  for function in functions/*/; do
    function=$(basename "$function")
    size=$(stat --format %s "$BUILT/$function/bootstrap")
    printf '   %-26s %5.2f MB\n' "$function" "$(awk "BEGIN { print $size / 1000000 }")"
    [ "$size" -le "$LARGEST_BINARY" ] || failed=1
  done
  [ "$failed" = 0 ] || { echo "a binary is larger than 11.5 MB"; return 1; }
}

compare() {
  cmp "$BUILT/$REBUILT/bootstrap" target/rebuilt/bootstrap
  sha256sum "$BUILT/$REBUILT/bootstrap"
}

main
