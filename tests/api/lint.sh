#!/usr/bin/env bash
# usage: tests/api/lint.sh OPENAPI_FILE
#
# Lints the description of the API with redocly, by the rules in redocly.yaml.
set -euo pipefail

document=${1:?usage: tests/api/lint.sh OPENAPI_FILE}
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/npm_tools.sh"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
exec "$tools/node_modules/.bin/redocly" lint --config "$here/redocly.yaml" --format codeframe "$document"
