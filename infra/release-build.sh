# Settings for release builds. Source this file before `sam build` or `cargo lambda build`:
#
#   cargo install --locked --version 0.7.7 cargo-auditable
#   . infra/release-build.sh
#   sam build
#
# Each binary then contains the list of its dependencies, which scanners such as `cargo audit bin` read. The paths of
# the source folder and the crates folder do not affect the binary (docs/decisions/0014-supply-chain.md).

# cargo-auditable is a wrapper for rustc. cargo-lambda has no option for the wrapper, so an environment variable selects
# it. The second variable contains the `cargo metadata` options that `cargo auditable` would pass to the wrapper.
export RUSTC_WORKSPACE_WRAPPER=cargo-auditable
export CARGO_AUDITABLE_ORIG_ARGS='{"offline":false,"locked":true,"frozen":false,"config":[]}'

# Panic messages contain the paths of source files. Workspace paths are already relative.
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
