#!/bin/sh
# Prints a rule file of Prometheus as a PrometheusRule, so that there is one place for the rules: prometheus-rule.sh RULE_FILE | kubectl apply -f -
set -eu
file=${1:?usage: prometheus-rule.sh RULE_FILE}
[ -s "$file" ] || { printf '%s is not there or empty\n' "$file" >&2; exit 2; }
grep -q '^groups:' "$file" || { printf '%s has no groups\n' "$file" >&2; exit 2; }
cat << 'HEAD'
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: flipgate
  labels: { app.kubernetes.io/name: flipgate }
spec:
HEAD
sed -e '/^---$/d' -e 's/^\(.\)/  \1/' "$file"
