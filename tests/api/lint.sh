#!/usr/bin/env bash
# usage: tests/api/lint.sh OPENAPI_FILE
#
# Lints the description of the API with redocly, by the rules in redocly.yaml. The linter is installed once into the
# user's cache, as package-lock.json pins it; afterwards no network is needed.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
document=${1:?usage: tests/api/lint.sh OPENAPI_FILE}
home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
cache=${HAVEN_CACHE_DIR:-${XDG_CACHE_HOME:-$home/.cache}/haven}
key=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c1-16)
tool=$cache/api-lint/$key

fail() {
    printf 'api lint: %s\n' "$*" >&2
    exit 1
}

install_linter() {
    command -v npm >/dev/null || fail "npm is missing; ./haven setup installs it"
    mkdir -p "$cache/api-lint"
    local half
    half=$(mktemp -d "$cache/api-lint/new.XXXXXX")
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$half/"
    if ! (cd "$half" && npm ci --ignore-scripts --prefer-offline --loglevel=error --fetch-retries=1) >"$half/log" 2>&1; then
        tail -n 20 "$half/log" >&2
        rm -rf "$half"
        fail "the linter is not installed yet and could not be fetched. With a network, run this once: $0 $document"
    fi
    # Whoever comes second finds it there already.
    mv -T "$half" "$tool" 2>/dev/null || rm -rf "$half"
}

! grep -q '"resolved"' "$here/package-lock.json" || fail "package-lock.json names a registry; install with the .npmrc beside it"
[[ -x $tool/node_modules/.bin/redocly ]] || install_linter
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
exec "$tool/node_modules/.bin/redocly" lint --config "$here/redocly.yaml" --format codeframe "$document"
