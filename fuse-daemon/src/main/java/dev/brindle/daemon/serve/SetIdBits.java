package dev.brindle.daemon.serve;

import dev.brindle.store.FileMode;

/** Set-uid and set-gid bits, which a program loses when somebody changes its content. */
public final class SetIdBits {
  private static final int GROUP_EXECUTE = 010;

  private SetIdBits() {}

  /**
   * The mode without them. A set-gid bit stays on a file that its group does not execute: there it
   * means mandatory locking.
   */
  public static int without(int mode) {
    int left = mode & ~FileMode.SET_UID;
    return (mode & GROUP_EXECUTE) == 0 ? left : left & ~FileMode.SET_GID;
  }
}
