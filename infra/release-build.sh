# Settings for building what is released, sourced before `sam build` or `cargo lambda build`:
#
#   cargo install --locked --version 0.7.7 cargo-auditable
#   . infra/release-build.sh
#   sam build
#
# Each binary then carries the list of its dependencies, which scanners read (`cargo audit bin`), and depends neither on the
# folder of the sources nor on the folder of the crates (docs/decisions/0014-supply-chain.md).

# cargo-auditable works as a wrapper of rustc, here below cargo-lambda, which has no option for it. The second variable is
# what `cargo auditable` hands to the wrapper: the options with which it calls `cargo metadata`.
export RUSTC_WORKSPACE_WRAPPER=cargo-auditable
export CARGO_AUDITABLE_ORIG_ARGS='{"offline":false,"locked":true,"frozen":false,"config":[]}'

# Messages of panics name source files. Those of the workspace are relative to it already.
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
