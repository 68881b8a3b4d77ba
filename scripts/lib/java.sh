# Finding a JDK or JRE without starting it, and libfuse. Sourced; part of every start, so no
# process is started where the shell can do it itself.

# Reads the version from the release file of the JDK at $1: java_version (17.0.15), java_major (17).
read_java_release() {
  java_version=
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r key value; do
    case $key in
      JAVA_RUNTIME_VERSION) java_version=${value#\"} && java_version=${java_version%\"} && break ;;
      JAVA_VERSION) java_version=${value#\"} && java_version=${java_version%\"} ;;
    esac
  done < "$1/release"
  java_major=${java_version%%[.+-]*}
  case $java_major in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "$java_major" -ge 17 ]
}

# The home of the java on the PATH; asks java itself only when it is not where a JDK has it.
java_home_on_path() {
  on_path=$(command -v java) || return 1
  on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
  case $on_path in
    */bin/java) on_path=${on_path%/bin/java} ;;
  esac
  if [ ! -r "$on_path/release" ]; then
    on_path=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
  fi
  echo "$on_path"
}

# Finds a Java of 17 or newer: java, java_home, java_version, java_major, java_options.
# A home that was named by the user and does not serve is passed over for the next one.
# With the argument "jdk" it must have a compiler.
find_java() {
  for java_home in "${BRINDLE_JAVA_HOME-}" "${JAVA_HOME-}" "$(java_home_on_path)" \
    /usr/lib/jvm/*-17-* /usr/lib/jvm/*-21-* /usr/lib/jvm/*-25-* /usr/lib/jvm/* \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$java_home" ] && read_java_release "$java_home" || continue
    [ "${1-}" != jdk ] || [ -x "$java_home/bin/javac" ] || continue
    java=$java_home/bin/java
    java_options=
    if [ "$java_major" -ge 24 ]; then
      java_options="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
    fi
    return 0
  done
  return 1
}

# True when one of the files is there.
any_file() {
  for candidate in "$@"; do
    [ -e "$candidate" ] && return 0
  done
  return 1
}

has_libfuse() {
  any_file /lib/*/libfuse.so.2 /usr/lib/*/libfuse.so.2 /usr/lib64/libfuse.so.2 \
    /lib64/libfuse.so.2 /usr/lib/libfuse.so.2 /usr/local/lib/libfuse.so.2 \
    /usr/local/lib/libfuse.2.dylib /usr/local/lib/libosxfuse.2.dylib
}

# The package fuse3 brings both names, or only its own.
has_fusermount() {
  [ -d /Library/Filesystems ] || command -v fusermount > /dev/null || command -v fusermount3 > /dev/null
}

# What a mount takes: on Linux no library.
has_fuse() {
  if [ -d /Library/Filesystems ]; then has_libfuse; else has_fusermount; fi
}
