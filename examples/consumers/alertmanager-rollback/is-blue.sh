#!/bin/sh
# Ends with 0 where a Service of Kubernetes points to Blue, with 1 where it does not or nobody can tell: is-blue.sh NAMESPACE SERVICE
set -eu
color=$(kubectl --namespace "${1:?namespace}" get service "${2:?service}" --request-timeout=10s --output 'jsonpath={.spec.selector.color}')
printf 'the users are on %s\n' "${color:-nothing}"
[ "$color" = blue ]
