package dev.brindle.daemon.host;

import dev.brindle.store.disk.HostErrors;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A mount that nobody serves any more: its process has ended without taking it off, and it answers
 * nothing but "Transport endpoint is not connected".
 */
public final class DeadMount {
  private DeadMount() {}

  /** What a mount answers. */
  public enum Answer {
    /** It is served, whatever else may be wrong with it. */
    SERVED,
    /** Nobody serves it. */
    DEAD,
    /** The kernel lets this user not ask. */
    DENIED
  }

  /**
   * Asks a mount, and waits for its answer. Its attributes may still be in the kernel's cache;
   * opening it asks the file system.
   */
  public static Answer ask(Path mountPoint) {
    try {
      Files.readAttributes(mountPoint, BasicFileAttributes.class);
      Files.newDirectoryStream(mountPoint).close();
      return Answer.SERVED;
    } catch (AccessDeniedException e) {
      return Answer.DENIED;
    } catch (IOException e) {
      return HostErrors.isNotConnected(e) ? Answer.DEAD : Answer.SERVED;
    }
  }
}
