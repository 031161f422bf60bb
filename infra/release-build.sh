# Settings for release builds, to be sourced before `sam build` or `cargo lambda build`:
#
#   cargo install --locked --version 0.7.7 cargo-auditable
#   . infra/release-build.sh
#   sam build
#
# Each binary then contains the list of its dependencies, which scanners read (`cargo audit bin`). It depends neither
# on the source folder nor on the crates folder (docs/decisions/0014-supply-chain.md).

# cargo-auditable is a wrapper of rustc. cargo-lambda has no option for it, so the wrapper is set here. The second
# variable contains the options for `cargo metadata` that `cargo auditable` passes to the wrapper.
export RUSTC_WORKSPACE_WRAPPER=cargo-auditable
export CARGO_AUDITABLE_ORIG_ARGS='{"offline":false,"locked":true,"frozen":false,"config":[]}'

# Panic messages name source files. The paths of the workspace are already relative.
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
