#!/bin/sh
# Reads a gate's decision from Prometheus: gate-prometheus.sh PROMETHEUS_URL [GATE]
# Ends with 0 pass, 1 fail or no valid verdict (-1), 2 usage, 3 inconclusive, 4 error: Prometheus gave no single, fresh, whole answer.
# Needs curl and jq. PROMETHEUS_TOKEN, where set, is sent as a bearer token.
set -u

usage() { printf 'usage: gate-prometheus.sh PROMETHEUS_URL [GATE]\n%s\n' "$1" >&2; exit 2; }
error() { printf 'gate %s: error: %s\n' "$gate" "$1" >&2; exit 4; }

[ $# -ge 1 ] && [ $# -le 2 ] || usage 'one or two arguments'
url=${1%/}
gate=${2-acceptance}
case $url in http://?* | https://?*) ;; *) usage 'PROMETHEUS_URL starts with http:// or https://' ;; esac
case $gate in '' | *[!a-z0-9_]*) usage 'GATE is acceptance or watch' ;; esac
for program in curl jq; do
  command -v "$program" > /dev/null 2>&1 || error "$program is not installed"
done

# Prometheus hands out a recorded value for 5 minutes after it stopped to evaluate the rule.
decision="flipgate:gate_decision:$gate"
query="$decision and on() (time() - timestamp($decision) < 90)"

# The token stays off the command line, where every process can read it; an empty line is no header.
header=''
[ -z "${PROMETHEUS_TOKEN:-}" ] || header="Authorization: Bearer $PROMETHEUS_TOKEN"
# Whole first, read afterwards: an answer that was cut off is no answer.
answer=$(printf '%s\n' "$header" | curl -q --silent --show-error --fail --proto '=http,https' --connect-timeout 5 --max-time 15 \
  --max-filesize 1000000 --write-out '%{http_code}' --header @- --get --data-urlencode "query=$query" "$url/api/v1/query") || error 'Prometheus did not answer'
case $answer in *200) answer=${answer%200} ;; *) error 'Prometheus answered with another status than 200' ;; esac

# One document, no warning (a part of the stores did not answer), one series, and a value that is a decision.
value=$(printf '%s' "$answer" | jq -ers '
  if length == 1 then .[0] else error("not one document") end
  | select(.status == "success" and ((.warnings // []) | length) == 0)
  | .data | select(.resultType == "vector") | .result
  | select(length == 1) | .[0].value[1] | select(IN("1", "0", "-1"))
' 2> /dev/null) || error "not one fresh series of $decision, no decision, or not a whole answer"

case $value in
  1) printf 'gate %s: pass\n' "$gate" ;;
  0) printf 'gate %s: inconclusive\n' "$gate"; exit 3 ;;
  -1) printf 'gate %s: fail, or no valid verdict\n' "$gate"; exit 1 ;;
  *) error "$decision has a value that is no decision" ;;
esac
