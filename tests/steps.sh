# Functions for the steps of tests/run.sh. The functions record the duration of each part and install missing tools. The
# name of an installation in target/ contains a hash of the package versions, so a changed version causes a new
# installation.
shopt -s inherit_errexit

readonly STEP_TIMES="${STEP_TIMES:-$PWD/target/step-times.tsv}"
export STEP_TIMES

# On a fresh machine, no crate is compiled a second time, so disabling incremental compilation makes the build a third
# faster. On a developer's machine, incremental compilation remains enabled.
[ -e target/debug/incremental ] || export CARGO_INCREMENTAL=0

# Runs a command as a part of the step $STEP and records its duration. Example: part "cargo fmt" cargo fmt --check.
part() {
  local name=$1 started=$SECONDS
  shift
  printf '\n== %s: %s\n' "${STEP:-direct call}" "$name"
  "$@"
  printf -- '-- %d s\n' $((SECONDS - started))
  [ -z "${STEP:-}" ] || printf '%s\t%s\t%d\t%s\n' "$STEP" "$name" $((SECONDS - started)) "$(date -u +%F)" >>"$STEP_TIMES"
}

# Installs the given Debian packages if they are missing.
debian_packages() {
  local package missing=() as_root=()
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update --quiet
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
}

# Prints the path of a Python environment that contains exactly the packages in a requirements file (python_environment
# NAME FILE). uv installs packages in seconds, whereas pip needs minutes.
python_environment() {
  local name=$1 requirements=$2 environment
  environment="$PWD/target/tools/$name-$(sha256sum "$requirements" | cut -c1-12)"
  mkdir -p target/tools
  (
    flock 9
    [ -e "$environment/complete" ] || make_environment
  ) 9>"$environment.lock"
  printf '%s' "$environment"
}

make_environment() {
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9
  "$environment/bin/uv" pip install --quiet --python "$environment/bin/python" --requirement "$requirements"
  touch "$environment/complete"
}

# Installs exactly the packages in a folder's package-lock.json if this file has changed since the last installation.
node_packages() {
  local installed="$1/node_modules/.installed-from" lock
  lock=$(sha256sum <"$1/package-lock.json")
  [ "$(cat "$installed" 2>/dev/null)" != "$lock" ] || return 0
  (cd "$1" && npm ci --no-audit --no-fund --loglevel error)
  printf '%s' "$lock" >"$installed"
}

# Runs a command and prints its output only if the command fails.
quietly() {
  local output
  output=$(mktemp)
  "$@" >"$output" 2>&1 || { cat "$output"; rm "$output"; return 1; }
  rm "$output"
}
