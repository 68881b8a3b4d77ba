package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;

/** What a snapshot or a clone may be called. */
final class VersionName {
  static final int LENGTH_MAX = 127;

  private VersionName() {}

  /**
   * Refuses a name that nothing may get: ENAMETOOLONG past what any file may be called, EINVAL for
   * all other reasons.
   */
  static void check(Name name) throws FileSystemException {
    checkLength(name);
    int length = name.length();
    if (length == 0 || length > LENGTH_MAX || name.isDot() || name.isDotDot()) {
      throw new FileSystemException(
          Errno.EINVAL, "a snapshot's or clone's name has 1 to " + LENGTH_MAX + " bytes");
    }
    for (byte b : name.bytes()) {
      if (b == '/' || b == 0) {
        throw new FileSystemException(Errno.EINVAL, "a name cannot contain '/' or NUL");
      }
    }
  }

  static void checkLength(Name name) throws FileSystemException {
    if (name.length() > Name.LENGTH_MAX) {
      throw new FileSystemException(Errno.ENAMETOOLONG);
    }
  }
}
