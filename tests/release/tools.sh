# Functions for the steps that build or deploy the release binaries.

# The folder that contains each function's binary as NAME/bootstrap, and the folder in which cargo-lambda compiles the
# functions.
readonly BUILT=target/lambda
readonly COMPILED=target/x86_64-unknown-linux-gnu/release
# The function that is built twice. This function was chosen because it signs data and shares all its dependencies with
# other functions.
readonly REBUILT=submit-application

readonly CARGO_AUDITABLE_VERSION=0.7.7

# Installs SAM, cargo-lambda and cargo-auditable.
release_tools() {
  local auditable="$PWD/target/tools/cargo-auditable-$CARGO_AUDITABLE_VERSION"
  TOOLS=$(python_environment tools tests/deployed/tools.txt)
  if [ ! -x "$auditable/bin/cargo-auditable" ]; then
    # cargo-auditable is built without optimisation, because each call is short anyway.
    CARGO_PROFILE_DEV_DEBUG=false cargo install cargo-auditable --debug --version "$CARGO_AUDITABLE_VERSION" --locked \
      --root "$auditable" --quiet
  fi
  export PATH="$TOOLS/bin:$auditable/bin:$PATH"
}

# Runs a command with the release settings. Other builds do not use these settings, because cargo would then recompile
# all crates.
as_release() (
  . infra/release-build.sh
  "$@"
)
