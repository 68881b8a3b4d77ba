package dev.brindle.store.disk;

import jnr.ffi.Platform;

/**
 * Numbers of the host's C headers, which differ between Linux and macOS.
 *
 * @param eopnotsupp what a file system says to a call that it does not have
 */
record HostConstants(
    int eintr,
    int ewouldblock,
    int einval,
    int enospc,
    int edquot,
    int enosys,
    int enotsup,
    int eopnotsupp,
    int enotconn,
    int oRdwr,
    int oCloexec) {

  private static final HostConstants LINUX =
      new HostConstants(4, 11, 22, 28, 122, 38, 95, 95, 107, 2, 0x80000);
  private static final HostConstants DARWIN =
      new HostConstants(4, 35, 22, 28, 69, 78, 45, 102, 57, 2, 0x1000000);

  static HostConstants ofThisHost() {
    return of(Platform.getNativePlatform().getOS());
  }

  static HostConstants of(Platform.OS system) {
    return system == Platform.OS.DARWIN ? DARWIN : LINUX;
  }
}
