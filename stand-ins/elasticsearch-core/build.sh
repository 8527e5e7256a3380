# run.sh and parse.sh source it with $here set. Builds if the sources have changed, and sets $classpath.
# Writes only below $cache, in a folder whose name is a hash of the sources, so that this folder may be read-only.
cache="${ES_CORE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tcsync/elasticsearch-core}"
build="$cache/build-$(cd "$here" && find pom.xml src resources -type f | LC_ALL=C sort | xargs cksum | cksum | tr ' ' -)"

build_in() {
  mvn -q -B -f "$here/pom.xml" ${M2:+-Dmaven.repo.local="$M2"} \
    org.apache.maven.plugins:maven-dependency-plugin:2.8:build-classpath -Dmdep.outputFile="$1/classpath" >&2 &&
  mkdir "$1/classes" &&
  cp -R "$here/resources/." "$1/classes/" &&
  find "$here/src" -name '*.java' -exec javac -nowarn -XDsuppressNotes -proc:none -cp "$(cat "$1/classpath")" -d "$1/classes" {} + >&2
}

if [ ! -d "$build" ]; then
  mkdir -p "$cache"
  work="$(mktemp -d "$cache/work-XXXXXX")"
  build_in "$work" || { rm -rf "$work"; exit 1; }
  if [ -d "$build" ]; then rm -rf "$work"; else mv "$work" "$build"; fi # another process may have been faster
fi
classpath="$build/classes:$(cat "$build/classpath")"
