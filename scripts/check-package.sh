#!/usr/bin/env bash
# Packs flipgate, installs the tarball in an empty folder elsewhere and runs it there, as a user would.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "package check: $1" >&2; exit 1; }

started=$SECONDS
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm pack --silent --pack-destination "$folder" > /dev/null
tarball=$(ls "$folder"/flipgate-*.tgz)
npx --no-install publint --strict "$tarball"

tar -xzf "$tarball" -C "$folder"
packed=$folder/package
for wanted in npm-shrinkwrap.json README.md LICENSE CHANGELOG.md schema.json schemas/run.json schemas/verdict.json dist/cli.js dist/index.js dist/index.d.ts dist/reports/html/client/main.js dist/reports/html/page.css gold models \
  docs/alerts.md grafana/prometheus/flipgate.rules.yml; do
  [[ -e "$packed/$wanted" ]] || fail "$wanted is missing from the tarball"
done
stray=$(cd "$packed" && find . -type f | grep -E '^\./(src|test|bench|scripts|docs|grafana/prometheus/tests|reports|\.)|\.test\.[jt]s$|node_modules/|\.log$' \
  | grep -vxF -e ./docs/alerts.md -e ./docs/records.md -e ./docs/series.md || true)
[[ -z "$stray" ]] || fail "does not belong into the tarball: $stray"
absolute=$(grep -rlIF -e "$PWD" -e "$HOME/" "$packed" || true)
[[ -z "$absolute" ]] || fail "has an absolute path of this machine in it: $absolute"

mkdir "$folder/user"
cd "$folder/user"
npm init --yes > /dev/null 2>&1
ONNXRUNTIME_NODE_INSTALL=skip npm install --silent --no-audit --no-fund --prefer-offline "$tarball"
flipgate=$folder/user/node_modules/.bin/flipgate
grep -q '"dev": true' "$packed/npm-shrinkwrap.json" && fail 'the shrinkwrap has what only development needs'
grep -q '"resolved": "http' "$packed/npm-shrinkwrap.json" && fail 'the shrinkwrap names a registry'
[[ ! -e node_modules/vitest && ! -e node_modules/flipgate/node_modules/vitest ]] || fail 'it installs what only development needs'
version=$("$flipgate" --version)
[[ "$version" == "$(node -p "require('./node_modules/flipgate/package.json').version")" ]] || fail "--version says \"$version\""
"$flipgate" --help > help.txt
grep -q demo help.txt || fail '--help does not name the demo'
node --input-type=module -e "await import('flipgate')" || fail 'the package cannot be imported'
"$flipgate" demo > demo.txt 2> demo-progress.txt || { cat demo.txt demo-progress.txt >&2; fail 'the demo did not pass'; }
[[ -s demo.txt ]] || fail 'the demo said nothing'
printf 'exporter: { job: mine }\nreceivers: { people: https://hooks.example.com/x }\n' > settings.yaml
"$folder/user/node_modules/.bin/flipgate-grafana" --settings settings.yaml --out monitoring > grafana.txt 2>&1 || { cat grafana.txt >&2; fail 'flipgate-grafana failed'; }
grep -q 'job="mine"' monitoring/prometheus/flipgate.rules.yml || fail 'flipgate-grafana did not go by its settings'
grep -q hooks.example.com/x monitoring/alertmanager/alertmanager.yml || fail 'flipgate-grafana lost a receiver'
grep -q 'dead-mans-switch have no address' grafana.txt || fail 'flipgate-grafana does not warn of a receiver without an address'

files=$(tar -tzf "$tarball" | wc -l)
echo "package check: $(du -k "$tarball" | cut -f1) KiB, $files files, installed and ran the demo, $((SECONDS - started)) s"
