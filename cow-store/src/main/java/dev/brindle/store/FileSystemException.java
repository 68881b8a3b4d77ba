package dev.brindle.store;

import java.io.IOException;

/**
 * A file system operation that was refused for a reason that POSIX has a name for. It is an
 * expected answer, not a fault: it carries no stack trace and is never logged. A fault of the disk
 * or of the store's files is any other {@link IOException}, and reaches the caller as EIO.
 */
public final class FileSystemException extends IOException {
  private static final long serialVersionUID = 1;
  private final Errno errno;

  public FileSystemException(Errno errno) {
    this(errno, errno.name());
  }

  /**
   * @param message a sentence for people; the control socket and the CLI print it
   */
  public FileSystemException(Errno errno, String message) {
    super(message);
    this.errno = errno;
  }

  public Errno errno() {
    return errno;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
