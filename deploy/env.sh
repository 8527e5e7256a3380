#!/bin/sh
# Makes .env ready for docker-compose.yml: a copy of .env.example, or of the file that is named, unless there is a
# .env, and in it a password of its own for each part that needs one. What stands there stays.
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
