#!/bin/sh
# Points a Service of Kubernetes from Green to Blue: to-blue.sh NAMESPACE SERVICE
# Only when it points to Green: where somebody moved it meanwhile, nothing is overwritten and this fails.
set -eu
exec kubectl --namespace "${1:?namespace}" patch service "${2:?service}" --request-timeout=10s --type=json --patch \
  '[{"op":"test","path":"/spec/selector/color","value":"green"},{"op":"replace","path":"/spec/selector/color","value":"blue"}]'
