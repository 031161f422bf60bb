#!/usr/bin/env bash
# The binaries that a deployment ships, built as `sam build` builds them: none larger than 8 MB, each with the list of its
# dependencies and a bill of materials, and one of them built again in another folder to the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/release/tools.sh

# publish-crl is the largest: S3's client, and the verification of signatures over digests.
readonly LARGEST_BINARY=$((8000 * 1000))
# Where cargo-lambda puts the functions, as NAME/bootstrap, and where it compiles them.
readonly BUILT=target/lambda
readonly COMPILED=target/x86_64-unknown-linux-gnu/release
# The function that is built twice; it signs and has nothing that the others lack.
readonly REBUILT=submit-application

main() {
  part "packages" install_packages
  part "bills of materials" write_bills
  part "release binaries" tests/release/build.sh
  part "sizes" measure
  part "lists of dependencies" "$TOOLS/bin/python" tests/release/dependencies.py "$BUILT" functions/*/
  part "the same bytes from another folder" build_again
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
  [ "$failed" = 0 ] || { echo "a binary is larger than 8 MB"; return 1; }
}

# The crates of the registry are taken as they were compiled, outside of either folder; the workspace's own crates and the
# function are compiled and linked again.
build_again() {
  local folder="$PWD/target/rebuilt"
  rm -rf "$folder"
  mkdir -p "$folder/source/target/x86_64-unknown-linux-gnu"
  git ls-files -z | xargs -0 cp --parents --target-directory "$folder/source"
  cp --archive --link target/release "$folder/source/target/"
  cp --archive --link "$COMPILED" "$folder/source/target/x86_64-unknown-linux-gnu/"
  (
    cd "$folder/source"
    cargo clean --quiet --release --package shared --package "$REBUILT"
    cargo clean --quiet --release --target x86_64-unknown-linux-gnu --package shared --package "$REBUILT"
    cargo lambda build --release --locked --quiet --package "$REBUILT"
  )
  cmp "$BUILT/$REBUILT/bootstrap" "$folder/source/$BUILT/$REBUILT/bootstrap"
  sha256sum "$BUILT/$REBUILT/bootstrap"
  rm -rf "$folder"
}

main
