package dev.brindle.store.log;

import dev.brindle.store.disk.Disk;
import java.io.IOException;

/** A file that nothing refers to after what it was for has failed. */
final class Leftover {
  private Leftover() {}

  /** Deletes it if it is there; a failure of that is told with the first one. */
  static void delete(Disk disk, String name, IOException failure) {
    try {
      if (disk.exists(name)) {
        disk.delete(name);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
