# Sourced: $tools is the folder where what package-lock.json pins is installed. Once into the user's cache; afterwards no
# network is needed.

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
cache=${HAVEN_CACHE_DIR:-${XDG_CACHE_HOME:-$home/.cache}/haven}/api-tools
tools=$cache/$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c1-16)

fail() {
    printf 'api tools: %s\n' "$*" >&2
    exit 1
}

install_tools() {
    command -v npm >/dev/null || fail "npm is missing; ./haven setup installs it"
    mkdir -p "$cache"
    local half
    half=$(mktemp -d "$cache/new.XXXXXX")
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$half/"
    if ! (cd "$half" && npm ci --ignore-scripts --prefer-offline --loglevel=error --fetch-retries=1) >"$half/log" 2>&1; then
        tail -n 20 "$half/log" >&2
        rm -rf "$half"
        fail "what package-lock.json names is not installed yet and could not be fetched. With a network, run this test once"
    fi
    # Whoever comes second finds it there already.
    mv -T "$half" "$tools" 2>/dev/null || rm -rf "$half"
}

! grep -q '"resolved"' "$here/package-lock.json" || fail "package-lock.json names a registry; install with the .npmrc beside it"
[[ -d $tools/node_modules ]] || install_tools
