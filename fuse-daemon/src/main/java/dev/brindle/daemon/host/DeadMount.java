package dev.brindle.daemon.host;

import dev.brindle.store.disk.HostErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A mount that nobody serves any more: its process has ended without taking it off, and it answers
 * nothing but "Transport endpoint is not connected".
 */
public final class DeadMount {
  private DeadMount() {}

  /**
   * Asks the mount. Its attributes may still be in the kernel's cache; opening it asks the file
   * system. One that lets this user not in, or has any other fault, is not dead.
   */
  public static boolean isDead(Path mountPoint) {
    try {
      Files.readAttributes(mountPoint, BasicFileAttributes.class);
      Files.newDirectoryStream(mountPoint).close();
      return false;
    } catch (IOException e) {
      return HostErrors.isNotConnected(e);
    }
  }
}
