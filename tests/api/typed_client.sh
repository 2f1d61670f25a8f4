#!/usr/bin/env bash
# usage: tests/api/typed_client.sh, with HAVEN_URL, HAVEN_SERVER, DATABASE_URL and HAVEN_MAIL set
#
# Makes a client of the description that the server serves, as a web developer would, checks typed_client/life.ts against its
# types and runs it.
set -euo pipefail

: "${HAVEN_URL:?says nowhere which server is meant}"
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/npm_tools.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/typed_client/{life.ts,tsconfig.json} "$work"
ln -s "$tools/node_modules" "$work/node_modules"
echo '{"type": "module"}' >"$work/package.json"
(
    cd "$work"
    node_modules/.bin/openapi-typescript "$HAVEN_URL/v1/openapi.yaml" --default-non-nullable false --output api.d.ts
    node_modules/.bin/tsc --project .
)
node "$work/life.js"
