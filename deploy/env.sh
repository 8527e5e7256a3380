#!/bin/sh
# Prepares .env for docker-compose.yml. If there is no .env, copies .env.example or the file in the first argument. Then
# adds a random password for each part that needs one. Existing values stay.
set -eu
umask 077
cd "$(dirname "$0")/.."
[ -e .env ] || cat "${1:-.env.example}" >.env
[ -z "$(tail -c 1 .env)" ] || echo >>.env
for name in POSTGRES_PASSWORD ELASTIC_PASSWORD KIBANA_PASSWORD KIBANA_ENCRYPTION_KEY; do
  if ! grep -q "^$name=." .env; then
    printf '%s=%s\n' "$name" "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" >>.env
  fi
done
