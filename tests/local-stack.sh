# Functions for scripts that start the local stack.

# Waits until the stack with output file $1 and process id $2 has printed its URL, and then prints the URL.
address_in() {
  local tries
  for ((tries = 0; tries < 120; tries++)); do
    kill -0 "$2" 2>/dev/null || return 1
    sed -n 's|^The reissue wizard: *\(https\{0,1\}://[^ /]*\)/$|\1|p' "$1" | grep . && return 0
    sleep 0.5
  done
  return 1
}
