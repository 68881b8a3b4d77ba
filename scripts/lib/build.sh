# Building the application and its class data archive. Sourced after java.sh and packages.sh.
#
# What runs is a copy of the build, target/app/NUMBER, so that a new build does not change the jars
# under a daemon that is running. `current` names the newest; `stamp` is as old as its sources.

say() {
  echo "brindle: $*" >&2
}

# Makes everything ready for the verb $1: Java, a build, and libfuse for a mount.
prepare_run() {
  if build_is_current; then
    find_java || need jre
  else
    find_java jdk || need jdk
    command -v mvn > /dev/null || need maven
  fi
  if [ "$1" = mount ]; then
    has_fuse || if [ -d /Library/Filesystems ]; then need libfuse; else need fusermount; fi
  fi
  install_needed
  build_is_current || build_once
  find_java || die "no Java of version 17 or newer was found" 5
}

# One build at a time; who comes second waits and then finds it done.
build_once() {
  mkdir -p "$builds"
  waited=0
  until mkdir "$builds/lock" 2> /dev/null; do
    owner=$(cat "$builds/lock/pid" 2> /dev/null || echo)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2> /dev/null; then
      rm -rf "$builds/lock"
      continue
    fi
    [ $waited -gt 0 ] || say "waiting for another build"
    waited=$((waited + 1))
    [ $waited -lt 900 ] || die "another build has $builds/lock for 15 minutes; remove it if it is dead"
    sleep 1
  done
  echo $$ > "$builds/lock/pid"
  trap 'rm -rf "$builds/lock"' EXIT
  trap 'rm -rf "$builds/lock"; exit 130' INT TERM
  build_is_current || build
  rm -rf "$builds/lock"
  trap - EXIT INT TERM
}

build() {
  find_java jdk || die "no JDK of version 17 or newer was found" 5
  if [ -f "$builds/current" ]; then
    say "building again, the sources have changed"
  else
    say "building, once (a few minutes when the libraries must be downloaded)"
  fi
  log=$home/target/build.log
  touch "$builds/stamp.new"
  run_maven -DskipTests package > "$log" 2>&1 || {
    grep -E '^\[ERROR\]|^ERROR' "$log" | head -n 30 >&2 || true
    die "the build failed; the whole output is in $log"
  }
  number=$(date +%Y%m%d-%H%M%S)-$$
  mkdir "$builds/$number"
  cp -R "$home/cli/target/brindle.jar" "$home/cli/target/lib" "$builds/$number/"
  mv "$builds/stamp.new" "$builds/stamp"
  echo "$number" > "$builds/current.new"
  mv "$builds/current.new" "$builds/current"
  remove_old_builds
}

# Maven in the repository, with the JDK that was found.
run_maven() (
  cd "$home"
  if [ -n "${BRINDLE_OFFLINE-}" ]; then
    set -- -o "$@"
  fi
  JAVA_HOME=$java_home exec mvn -B -ntp "$@" < /dev/null
)

# Builds that no process runs any more.
remove_old_builds() {
  running=$(ps -axww -o args 2> /dev/null || ps -eo args)
  for old in "$builds"/*/; do
    old=${old%/}
    case $old in
      */lock | */"$number") continue ;;
    esac
    case $running in
      *"$old"*) ;;
      *) rm -rf "$old" ;;
    esac
  done
}

# Class data sharing: the classes of every verb and of the daemon, parsed once and mapped into each
# later process. The archive is a static one: JDK 17 keeps classes in it that were compiled for very
# old Java, as picocli's are, and leaves them out of a dynamic one. When it cannot be made,
# everything works without.
make_archive() {
  say "preparing quick starts"
  mkdir -p "$app/cds"
  work=$app/cds/new.$$
  mkdir "$work"
  if dump_archive > "$work/log" 2>&1 < /dev/null; then
    mv "$work/archive" "$archive"
    rm -rf "$work"
  else
    mv "$work/log" "$archive.failed"
    rm -rf "$work"
    say "that did not work (see $archive.failed); starts will be slower"
  fi
}

dump_archive() {
  # shellcheck disable=SC2086 # options without blanks
  "$java" $java_options -XX:+UseSerialGC -XX:DumpLoadedClassList="$work/classes" \
    -cp "$app/brindle.jar" dev.brindle.cli.Rehearsal \
    && "$java" $java_options -XX:+UseSerialGC -Xshare:dump -XX:SharedClassListFile="$work/classes" \
      -XX:SharedArchiveFile="$work/archive" -cp "$app/brindle.jar"
}
