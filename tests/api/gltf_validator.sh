#!/usr/bin/env bash
# usage: tests/api/gltf_validator.sh FILE.glb...
#
# Khronos' validator of glTF files: neither errors nor warnings (gltf_validator.mjs).
set -euo pipefail

[[ $# -gt 0 ]] || { echo 'usage: tests/api/gltf_validator.sh FILE.glb...' >&2; exit 2; }
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/npm_tools.sh"
exec node "$here/gltf_validator.mjs" "$tools/node_modules/gltf-validator/index.js" "$@"
