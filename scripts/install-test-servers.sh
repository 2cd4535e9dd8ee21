#!/usr/bin/env bash
# Installs the servers that the tests talk to, from Debian's packages: Prometheus, Alertmanager, Pushgateway, nginx, etcd, kubectl, Chromium, and xz, jq and curl.
# Installs only what is not there yet, starts no service and enables none. Needs apt-get, and root or sudo.
set -euo pipefail

say() { echo "test servers: $1"; }
fail() { echo "test servers: $1" >&2; exit 1; }

# nginx is there, where a user's PATH may not look.
PATH=$PATH:/usr/sbin

# Program and package: a program that is there already, from wherever, is left alone.
wanted='prometheus prometheus
promtool prometheus
prometheus-alertmanager prometheus-alertmanager
amtool prometheus-alertmanager
prometheus-pushgateway prometheus-pushgateway
nginx nginx-light
etcd etcd-server
kubectl kubernetes-client
xz xz-utils
jq jq
curl curl
openssl openssl
chromium chromium'

packages=()
while read -r program package; do
  command -v "$program" > /dev/null && continue
  [[ " ${packages[*]} " == *" $package "* ]] || packages+=("$package")
done <<< "$wanted"
if ((${#packages[@]} == 0)); then
  say 'all there'
  exit 0
fi

command -v apt-get > /dev/null || fail "install these yourself, this system has no apt-get: ${packages[*]}"
root=()
if ((EUID != 0)); then
  command -v sudo > /dev/null || fail "needs root or sudo to install ${packages[*]}"
  root=(sudo)
fi

# A package's own script asks this file before it starts a service (invoke-rc.d, deb-systemd-invoke); 101 forbids it.
policy=/usr/sbin/policy-rc.d
if [[ -e $policy ]]; then
  code=0
  "$policy" prometheus start > /dev/null 2>&1 || code=$?
  ((code == 101)) || fail "$policy lets packages start services (it ended with $code); not installing"
else
  trap '"${root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" > /dev/null
  "${root[@]}" chmod 755 "$policy"
fi

say "installing ${packages[*]}"
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes -q --no-install-recommends "${packages[@]}"

# What was installed here must not start at the next boot either.
if command -v systemctl > /dev/null; then
  for package in "${packages[@]}"; do
    for unit in $(dpkg -L "$package" | sed -n 's|^.*/systemd/system/\([^/]*\.service\)$|\1|p'); do
      "${root[@]}" systemctl disable --quiet "$unit" || fail "$unit would start at the next boot and could not be disabled"
    done
  done
fi

while read -r program _; do
  command -v "$program" > /dev/null || fail "$program is still missing"
done <<< "$wanted"
say 'installed, nothing started'
