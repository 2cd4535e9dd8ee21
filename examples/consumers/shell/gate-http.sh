#!/bin/sh
# Asks flipgate for a verdict: gate-http.sh FLIPGATE_URL GATE ARM [ARTIFACT]
# Ends with 0 pass, 1 fail, 2 usage, 3 inconclusive, 4 error: no verdict that holds now, or none about this artifact.
# Needs curl and jq. MAX_AGE, where set, shortens (in seconds) how old the evidence may be.
set -u

usage() { printf 'usage: gate-http.sh FLIPGATE_URL GATE ARM [ARTIFACT]\n%s\n' "$1" >&2; exit 2; }
error() { printf 'gate %s: error: %s\n' "$gate" "$1" >&2; exit 4; }

[ $# -ge 3 ] && [ $# -le 4 ] || usage 'three or four arguments'
url=${1%/}
gate=$2
arm=$3
artifact=${4:-}
case $url in http://?* | https://?*) ;; *) usage 'FLIPGATE_URL starts with http:// or https://' ;; esac
case $gate in '' | *[!a-z0-9-]*) usage 'GATE is the name of a gate' ;; esac
case $arm in '' | *[!a-z0-9-]*) usage 'ARM is the name of an arm' ;; esac
case ${MAX_AGE:-0} in *[!0-9]*) usage 'MAX_AGE is a number of seconds' ;; esac
# An artifact that was to be named and is empty would ask about any.
if [ $# -eq 4 ]; then
  case $artifact in '' | *[!0-9a-f]*) usage 'ARTIFACT is a SHA-256 in hexadecimal digits' ;; esac
fi
for program in curl jq; do
  command -v "$program" > /dev/null 2>&1 || error "$program is not installed"
done

query="arm=$arm"
[ -z "$artifact" ] || query="$query&artifact=$artifact"
[ -z "${MAX_AGE:-}" ] || query="$query&max_age=$MAX_AGE"
# Whole first, read afterwards: an answer that was cut off is no answer.
answer=$(curl -q --silent --show-error --fail --proto '=http,https' --connect-timeout 5 --max-time 15 --max-filesize 1000000 \
  --write-out '%{http_code}' "$url/v1/gates/$gate?$query") || error 'flipgate did not answer'
case $answer in *200) answer=${answer%200} ;; *) error 'flipgate answered with another status than 200' ;; esac

# One document, about what was asked where it says what it is about.
told=$(printf '%s' "$answer" | jq -ers --arg gate "$gate" --arg arm "$arm" --arg artifact "$artifact" '
  if length == 1 then .[0] else error("not one document") end
  | select((.gate // $gate) == $gate and (.arm // $arm) == $arm)
  | select($artifact == "" or (.artifact // $artifact) == $artifact)
  | select(.verdict | IN("pass", "fail", "inconclusive", "error"))
  | "\(.verdict)\n\(.reason // "" | tostring | gsub("[[:cntrl:]]+"; " ") | .[0:500])"
' 2> /dev/null) || error 'the answer is no verdict about what was asked'

verdict=$(printf '%s\n' "$told" | sed -n 1p)
reason=$(printf '%s\n' "$told" | sed -n 2p)
case $verdict in
  pass) code=0 ;;
  fail) code=1 ;;
  inconclusive) code=3 ;;
  error) code=4 ;;
  *) error 'the answer has a verdict that there is not' ;;
esac
printf 'gate %s: %s: %s\n' "$gate" "$verdict" "$reason"
exit "$code"
