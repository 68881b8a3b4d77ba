package dev.brindle.store.disk;

import java.io.IOException;

/**
 * Finds out which of the host's errors mean that its disk is full, which that it fails, and which
 * that a mount is dead or that nobody reads a pipe any more. The JDK keeps the error's text only,
 * in the language of the locale, so it is compared with what the C library says.
 */
public final class HostErrors {
  private HostErrors() {}

  /** The error itself, or the {@link DiskFullException} that it stands for. */
  static IOException translated(String file, IOException error) {
    return error instanceof DiskFullException || !isFull(error)
        ? error
        : new DiskFullException(file, error, isQuota(error));
  }

  private static boolean isQuota(IOException error) {
    String text = String.valueOf(error.getMessage());
    return text.contains("uota exceeded") || text.contains(LibC.quotaMessage());
  }

  /** Whether the host could not read or write what it has: EIO. */
  public static boolean isInputOutput(IOException error) {
    String text = String.valueOf(error.getMessage());
    return text.contains("Input/output error") || text.contains(LibC.inputOutputMessage());
  }

  /**
   * Whether nobody serves a FUSE mount any more: ENOTCONN ("Transport endpoint is not connected"),
   * and ENXIO on macOS.
   */
  public static boolean isNotConnected(IOException error) {
    String text = String.valueOf(error.getMessage());
    return text.contains("is not connected")
        || text.contains("Device not configured")
        || text.contains(LibC.notConnectedMessage());
  }

  /** Whether nobody reads what was written to a pipe: EPIPE. */
  public static boolean isBrokenPipe(IOException error) {
    String text = String.valueOf(error.getMessage());
    return text.contains("Broken pipe") || text.contains(LibC.brokenPipeMessage());
  }

  private static boolean isFull(IOException error) {
    String text = error.getMessage();
    if (text == null) {
      return false;
    }
    return text.contains("No space left on device")
        || text.contains("uota exceeded")
        || LibC.fullDiskMessages().stream().anyMatch(text::contains);
  }
}
