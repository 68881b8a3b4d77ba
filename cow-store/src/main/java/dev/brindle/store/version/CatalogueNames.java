package dev.brindle.store.version;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;

/** What a volume, clone or snapshot may be called. */
public final class CatalogueNames {
  /** In bytes. */
  static final int LENGTH_MAX = 127;

  private CatalogueNames() {}

  /**
   * @throws FileSystemException EINVAL
   */
  public static void check(Name name) throws FileSystemException {
    if (name.length() == 0 || name.length() > LENGTH_MAX) {
      throw invalid("a name has 1 to " + LENGTH_MAX + " bytes, this one has " + name.length());
    }
    if (name.isDot() || name.isDotDot()) {
      throw invalid("'" + name + "' is not a name");
    }
    for (byte b : name.bytes()) {
      if (b == '/' || b == 0) {
        throw invalid("a name has no '/' and no NUL byte");
      }
    }
  }

  private static FileSystemException invalid(String why) {
    return new FileSystemException(Errno.EINVAL, why);
  }
}
