# The tools that build the binaries of a deployment, for the steps that build or deploy them.

# Where cargo-lambda puts the functions, as NAME/bootstrap, and where it compiles them.
readonly BUILT=target/lambda
readonly COMPILED=target/x86_64-unknown-linux-gnu/release
# The function that is built twice; it signs and has nothing that the others lack.
readonly REBUILT=submit-application

readonly CARGO_AUDITABLE_VERSION=0.7.7

# Installs SAM, cargo-lambda and cargo-auditable.
release_tools() {
  local auditable="$PWD/target/tools/cargo-auditable-$CARGO_AUDITABLE_VERSION"
  TOOLS=$(python_environment tools tests/deployed/tools.txt)
  if [ ! -x "$auditable/bin/cargo-auditable" ]; then
    # Unoptimised: it runs for a moment in each link.
    CARGO_PROFILE_DEV_DEBUG=false cargo install cargo-auditable --debug --version "$CARGO_AUDITABLE_VERSION" --locked \
      --root "$auditable" --quiet
  fi
  export PATH="$TOOLS/bin:$auditable/bin:$PATH"
}

# Runs a command with the settings of a release. No other build has them: cargo would compile everything anew for it.
as_release() (
  . infra/release-build.sh
  "$@"
)
