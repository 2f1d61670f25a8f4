#!/usr/bin/env bash
# usage: tests/api/openid_client.sh SERVER_URL ACCESS_TOKEN_OF_A_PERSON
#
# Links, refreshes and revokes with a client that others have written (openid_client.mjs).
set -euo pipefail

server=${1:?usage: tests/api/openid_client.sh SERVER_URL ACCESS_TOKEN_OF_A_PERSON}
token=${2:?the access token of a person}
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/npm_tools.sh"
exec node "$here/openid_client.mjs" "$tools/node_modules/openid-client/build/index.js" "$server" "$token"
