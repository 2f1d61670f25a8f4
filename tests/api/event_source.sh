#!/usr/bin/env bash
# usage: tests/api/event_source.sh SERVER_URL, with HAVEN_TOKEN set
#
# Listens to the events of who has the token, with a client that others have written (event_source.mjs), until it is ended.
set -euo pipefail

server=${1:?usage: tests/api/event_source.sh SERVER_URL, with HAVEN_TOKEN set}
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/npm_tools.sh"
exec node "$here/event_source.mjs" "$tools/node_modules/eventsource/dist/index.js" "$server"
