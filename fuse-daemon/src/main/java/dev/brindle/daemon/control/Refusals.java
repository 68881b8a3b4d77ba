package dev.brindle.daemon.control;

import dev.brindle.store.Errno;

/** Sentences for refusals that the store gave only a number. */
final class Refusals {
  private Refusals() {}

  /**
   * @param what the thing asked for, with its kind: {@code volume main}
   */
  static String sentence(Errno errno, String what) {
    return switch (errno) {
      case ENOENT -> "there is no " + what;
      case EEXIST -> what + " exists already";
      case EBUSY -> what + " is in use";
      case ENAMETOOLONG -> what + ": the name is longer than 127 bytes";
      case EINVAL ->
          what + ": not an allowed name (1 to 127 bytes, no \"/\", not \".\" and not \"..\")";
      case ENOSPC -> what + ": no space left on the host's disk";
      case EDQUOT -> what + ": the disk quota of the store's owner is used up";
      case EROFS -> what + ": the store is read-only; brindle status says why";
      case EPERM, EACCES -> what + ": permission denied";
      default -> what + ": " + errno;
    };
  }
}
