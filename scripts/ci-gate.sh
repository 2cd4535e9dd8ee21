#!/bin/sh
# Asks both arms, judges a gate and leaves the reports that a CI system shows. Ends with flipgate's own exit code: 0 pass, 1 fail, 2 usage,
# 3 inconclusive, 4 error. Never 0 without a verdict that says "pass" and both reports.
#
# Reads from the environment, all optional:
#   GATE                   the gate (default: acceptance)
#   RUN_ARGUMENTS          more flags for `flipgate run`, parted by white space; quotes mean nothing. Flags that end it early or
#                          point elsewhere are refused
#   FLIPGATE_CONFIG        the configuration file (flipgate reads it itself, like its other FLIPGATE_ variables)
#   FLIPGATE_VERSION       the version that npx runs (default: that of the package.json beside this folder)
#   FLIPGATE_BIN           a program to run in place of npx
#   REPORTS                the folder for flipgate.md and flipgate-junit.xml (default: the working directory)
#   GITHUB_STEP_SUMMARY    a file that the Markdown report is added to
#   GITHUB_OUTPUT          a file that `verdict`, `reason` and `artifact` are added to
set -eu

gate=${GATE:-acceptance}
reports=${REPORTS:-.}
markdown=$reports/flipgate.md
junit=$reports/flipgate-junit.xml
verdict=error
reason='the gate was not judged'
artifact=

# No install script is needed, and none is to run beside the arms' tokens.
export ONNXRUNTIME_NODE_INSTALL=skip npm_config_ignore_scripts=true

call_flipgate() {
  if [ -n "${FLIPGATE_BIN:-}" ]; then
    "$FLIPGATE_BIN" "$@"
  else
    npx --yes "flipgate@$version" "$@"
  fi
}

# A summary says something whatever happened; an output is one line, or its text could name further outputs.
finish() {
  code=$1
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    if [ -s "$markdown" ]; then
      cat "$markdown" >> "$GITHUB_STEP_SUMMARY"
    else
      printf '### 🛑 flipgate ended with exit code %s and no report\n\nThe log of this step says why.\n' "$code" >> "$GITHUB_STEP_SUMMARY"
    fi
  fi
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'verdict=%s\nreason=%s\nartifact=%s\n' "$verdict" "$reason" "$artifact" >> "$GITHUB_OUTPUT"
  fi
  exit "$code"
}

fail() {
  printf 'error: %s\n' "$2" >&2
  verdict=error
  reason=$2
  finish "$1"
}

# An older report must not be taken for one of this run.
mkdir -p "$reports"
rm -f "$markdown" "$junit"

case $gate in
  '' | -* | *[!A-Za-z0-9._-]*) fail 2 'GATE is not the name of a gate' ;;
esac

version=${FLIPGATE_VERSION:-}
if [ -z "${FLIPGATE_BIN:-}" ]; then
  if [ -z "$version" ]; then
    version=$(node -p 'require(require("node:path").resolve(process.argv[1])).version' "$(dirname "$0")/../package.json") ||
      fail 2 'FLIPGATE_VERSION is not set and no package.json tells it'
  fi
  case $version in
    *[!A-Za-z0-9.+^~-]*) fail 2 'FLIPGATE_VERSION is not a version' ;;
  esac
fi

asked=0
set -f
# Parted at white space on purpose; -f keeps a * from becoming names of files.
for argument in ${RUN_ARGUMENTS:-}; do
  case $argument in
    -h* | -V* | --help | --version | --dry-run | --no-scores | --json | --resume | --resume=* | --gate | --gate=* | --store | --store=* | --config | --config=*)
      fail 2 "RUN_ARGUMENTS has $argument: the run is to be whole, and the gate judges it where it is" ;;
  esac
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck disable=SC2086
call_flipgate run ${RUN_ARGUMENTS:-} --json > "$scratch/runs.json" || asked=$?
set +f
# After 4 an arm was gone: that is judged too, so that an older pass does not stay the newest verdict.
[ "$asked" -eq 0 ] || [ "$asked" -eq 4 ] || fail "$asked" "flipgate run ended with exit code $asked"

code=0
call_flipgate gate "$gate" --json > "$scratch/verdict.json" || code=$?

# Four lines: the verdict, the reason, the artifact, and "here" where its candidate was asked just now; none where the answer is no verdict.
told=$(node -e '
  const line = (text) => String(text ?? "").replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").replaceAll("::", ": :").slice(0, 500);
  const read = (name) => {
    try {
      return JSON.parse(require("node:fs").readFileSync(`${process.argv[1]}/${name}.json`, "utf8")) ?? {};
    } catch {
      return {};
    }
  };
  const [verdict, { runs }] = [read("verdict"), read("runs")];
  const asked = Array.isArray(runs) ? runs.map((run) => run?.id) : [];
  const known = ["pass", "fail", "inconclusive", "error"].includes(verdict.verdict);
  const place = asked.includes(verdict.runs?.candidate ?? "") ? "here" : "elsewhere";
  const artifact = /^[0-9a-f]{64}$/.test(verdict.artifact) ? verdict.artifact : "none";
  if (known) console.log(`${verdict.verdict}\n${line(verdict.reason)}\n${artifact}\n${place}`);
' "$scratch")
# No new verdict, no report: it would tell an older one.
if [ -z "$told" ]; then
  [ "$code" -ne 0 ] || code=4
  fail "$code" "flipgate gate gave no verdict and ended with exit code $code"
fi
verdict=$(printf '%s\n' "$told" | sed -n 1p)
reason=$(printf '%s\n' "$told" | sed -n 2p)
artifact=$(printf '%s\n' "$told" | sed -n 3p)
[ "$artifact" != none ] || artifact=
if [ "$verdict" = pass ] && [ "$(printf '%s\n' "$told" | sed -n 4p)" != here ]; then
  fail 4 'the gate passed a run that was not asked just now'
fi
printf 'gate %s: %s: %s\n' "$gate" "$verdict" "$reason"
[ "$asked" -eq 0 ] || code=$asked
if [ "$code" -eq 0 ] && [ "$verdict" != pass ]; then
  code=4
elif [ "$code" -ne 0 ] && [ "$verdict" = pass ]; then
  verdict=error
  reason="exit code $code beside a pass"
fi

for format in markdown junit; do
  case $format in
    markdown) file=$markdown ;;
    *) file=$junit ;;
  esac
  written=0
  call_flipgate report "$gate" --format "$format" --out "$file" || written=$?
  if [ "$written" -ne 0 ] || [ ! -s "$file" ]; then
    printf 'error: the %s report was not written\n' "$format" >&2
    if [ "$code" -eq 0 ]; then
      fail 4 "the gate passed, but the $format report was not written"
    fi
  fi
done

finish "$code"
