# Installing what is missing, by the package manager that is there. Sourced after java.sh.
# `need WHAT...` collects; `install_needed` says what it will install and does it.

say() {
  echo "brindle: $*" >&2
}

die() {
  say "$1"
  exit "${2-1}"
}

needed=

package_manager() {
  if command -v apt-get > /dev/null; then
    echo apt
  elif command -v dnf > /dev/null; then
    echo dnf
  elif command -v brew > /dev/null; then
    echo brew
  fi
}

# The first of the packages that apt knows; the last one when it knows none.
apt_first() {
  for package in "$@"; do
    if apt-cache show --no-all-versions "$package" 2> /dev/null | grep -q '^Package:'; then
      break
    fi
  done
  echo "$package"
}

# What a thing is called in each package manager. Nothing printed: not a package there.
package_of() {
  case $manager:$1 in
    apt:jdk) apt_first openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless default-jdk-headless ;;
    apt:jre) apt_first openjdk-17-jre-headless openjdk-21-jre-headless openjdk-25-jre-headless default-jre-headless ;;
    apt:libfuse) apt_first libfuse2t64 libfuse2 ;;
    apt:fusermount) apt_first fuse3 fuse ;;
    apt:linux-source) apt_first linux-source-6.1 linux-source ;;
    apt:*) echo "$1" ;;
    dnf:jdk) echo java-latest-openjdk-devel ;;
    dnf:jre) echo java-latest-openjdk-headless ;;
    dnf:libfuse) echo fuse-libs ;;
    dnf:fusermount) echo fuse ;;
    dnf:postgresql) echo postgresql-server postgresql-contrib ;;
    dnf:sqlite3) echo sqlite ;;
    dnf:*) echo "$1" ;;
    brew:jdk | brew:jre) echo openjdk@21 ;;
    brew:libfuse | brew:fusermount) echo macfuse ;;
    brew:sqlite3) echo sqlite ;;
    brew:postgresql) echo postgresql@16 ;;
    brew:maven | brew:rsync | brew:git | brew:make) echo "$1" ;;
  esac
}

need() {
  needed="$needed $*"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@" < /dev/null
  else
    sudo "$@"
  fi
}

apt_install() {
  set -- env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@"
  as_root "$@"
}

# Runs a command with its output in the log; the log's end is shown when it fails.
logged() {
  if ! "$@" >> "$log" 2>&1; then
    tail -n 25 "$log" >&2
    say "failed: $*"
    say "the whole output is in $log"
    return 1
  fi
}

install_needed() {
  [ -n "$needed" ] || return 0
  [ -z "${BRINDLE_OFFLINE-}" ] || die "missing, and BRINDLE_OFFLINE is set:$needed" 5
  manager=$(package_manager)
  [ -n "$manager" ] || die "missing:$needed; please install them (no apt, dnf or brew found)" 5
  mkdir -p "$home/target"
  log=$home/target/packages.log
  if [ "$manager" = apt ] && [ -z "$(ls /var/lib/apt/lists/*Packages* 2> /dev/null)" ]; then
    apt_may_install
    say "reading the package lists (apt-get update)"
    logged apt_install update
  fi
  packages=
  for thing in $needed; do
    packages="$packages $(package_of "$thing")"
  done
  # shellcheck disable=SC2086 # a list of names
  case $manager in
    apt)
      apt_may_install
      say "installing with apt-get:$packages"
      if ! apt_install install --no-install-recommends $packages >> "$log" 2>&1; then
        say "trying again with fresh package lists (apt-get update)"
        logged apt_install update
        logged apt_install install --no-install-recommends $packages || exit 5
      fi
      ;;
    dnf)
      say "installing with dnf:$packages"
      logged as_root dnf -q -y install $packages || exit 5
      ;;
    brew)
      brew_install
      ;;
  esac
  needed=
}

apt_may_install() {
  [ "$(id -u)" = 0 ] || command -v sudo > /dev/null \
    || die "missing:$needed; to install them, run as root: apt-get install$packages" 5
}

brew_install() {
  case $packages in
    *macfuse*)
      cat >&2 << 'TEXT'
brindle: macFUSE is needed, a kernel extension. Homebrew installs it, and then macOS asks you:
  1. brew install --cask macfuse
  2. System Settings, Privacy & Security: allow the extension of "Benjamin Fleischer"
     (on Apple silicon first: start into recovery, Startup Security Utility, Reduced Security,
     allow kernel extensions from identified developers)
  3. restart, then run this command again
TEXT
      say "installing with brew: --cask macfuse"
      brew install --cask macfuse >&2 || exit 5
      has_libfuse || exit 5
      ;;
  esac
  for package in $packages; do
    [ "$package" = macfuse ] || { say "installing with brew: $package"; brew install -q "$package" >&2 || exit 5; }
  done
}
