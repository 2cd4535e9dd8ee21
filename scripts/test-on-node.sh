#!/usr/bin/env bash
# Runs the tests on another Node: scripts/test-on-node.sh 22 [vitest arguments]
# That Node comes from the npm registry (the package "node"); nothing is installed outside npm's cache.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?usage: scripts/test-on-node.sh VERSION [vitest arguments], for example 20.19.0, 22 or 24}
shift
exec npx --yes --package "node@$version" -- bash -c 'echo "Node $(node --version)"; exec npm test -- "$@"' test-on-node "$@"
