#!/usr/bin/env bash
# Builds the functions' binaries as `sam build` does, but with one cargo command. One command is faster, because cargo
# links two binaries at a time, whereas SAM builds the binaries sequentially. Finally rebuilds one binary in another
# folder, as target/rebuilt/bootstrap.
#
# tests/run.sh starts this script in parallel with the other steps. A later call waits for the first call to finish and
# reuses its output.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh
. tests/release/tools.sh

main() {
  release_tools
  (
    # This lock is necessary, because cargo-lambda moves the binaries without holding cargo's lock.
    flock 9
    build
    build_again
  ) 9>target/release.lock
}

build() {
  local function packages=()
  for function in functions/*/; do
    packages+=(--package "$(basename "$function")")
  done
  as_release cargo lambda build --release --locked --quiet "${packages[@]}"
}

# Reuses the compiled registry crates, because their sources are outside both folders. Recompiles the workspace crates
# and relinks the function.
build_again() {
  local rebuilt="$PWD/target/rebuilt" built layer own=(--package "$REBUILT" --package shared)
  for layer in shared/*/Cargo.toml; do
    own+=(--package "$(basename "$(dirname "$layer")")")
  done
  built=$(sha256sum <"$BUILT/$REBUILT/bootstrap")
  [ "$(cat "$rebuilt/of" 2>/dev/null)" != "$built" ] || return 0
  rm -rf "$rebuilt"
  mkdir -p "$rebuilt/source/target/x86_64-unknown-linux-gnu"
  git ls-files -z | xargs -0 cp --parents --target-directory "$rebuilt/source"
  cp --archive --link target/release "$rebuilt/source/target/"
  cp --archive --link "$COMPILED" "$rebuilt/source/target/x86_64-unknown-linux-gnu/"
  (
    cd "$rebuilt/source"
    cargo clean --quiet --release "${own[@]}"
    cargo clean --quiet --release --target x86_64-unknown-linux-gnu "${own[@]}"
    as_release cargo lambda build --release --locked --quiet --package "$REBUILT"
    mv "$BUILT/$REBUILT/bootstrap" "$rebuilt/"
  )
  rm -rf "$rebuilt/source"
  printf '%s' "$built" >"$rebuilt/of"
}

main
