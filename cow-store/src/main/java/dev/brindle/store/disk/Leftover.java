package dev.brindle.store.disk;

import java.io.IOException;

/** A file that nothing refers to after what it was for has failed. */
public final class Leftover {
  private Leftover() {}

  /** Deletes it if it is there; a failure of that is told with the first one. */
  public static void delete(Disk disk, String name, Exception failure) {
    try {
      if (disk.exists(name)) {
        disk.delete(name);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
