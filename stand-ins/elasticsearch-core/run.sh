#!/bin/sh
# run.sh PORT [HOME]: one Elasticsearch node on 127.0.0.1:PORT, in the foreground; prints "listening on http://127.0.0.1:PORT".
# HOME holds its data: delete it for a fresh node. Settings: see README.md.
set -e
[ $# -ge 1 ] || { echo "usage: run.sh PORT [HOME]" >&2; exit 2; }
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/build.sh"
# These options favour a quick start over a high throughput.
exec java ${ES_JAVA_OPTS:--XX:+UseSerialGC -XX:TieredStopAtLevel=1} -Xms"${ES_HEAP:-1g}" -Xmx"${ES_HEAP:-1g}" \
  -Dlog="${ES_LOG:-WARN}" -cp "$classpath" esnode.Main "$1" "${2:-$cache/data-$1}"
