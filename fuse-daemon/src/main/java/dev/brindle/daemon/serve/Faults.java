package dev.brindle.daemon.serve;

import dev.brindle.daemon.host.ErrnoNumbers;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.disk.DiskFullException;
import org.tinylog.Logger;

/**
 * The one place where an operation's exception becomes an error number, and is logged: an answer
 * that POSIX has a name for is not, everything else is, with its cause, and becomes EIO.
 */
public final class Faults {
  private final ErrnoNumbers numbers;
  private final String mount;

  /**
   * @param mount for the log
   */
  public Faults(ErrnoNumbers numbers, String mount) {
    this.numbers = numbers;
    this.mount = mount;
  }

  /** The mount, for the log. */
  public String mount() {
    return mount;
  }

  public int number(Errno errno) {
    return numbers.of(errno);
  }

  /** The number that the caller gets. */
  public int number(String operation, long node, Throwable fault) {
    if (fault instanceof FileSystemException refused) {
      return numbers.of(refused.errno());
    }
    if (fault instanceof DiskFullException) {
      Logger.warn("{}: {} of node {}: {}", mount, operation, node, fault.getMessage());
      return numbers.of(Errno.ENOSPC);
    }
    Logger.error(fault, "{}: {} of node {} failed", mount, operation, node);
    return numbers.of(Errno.EIO);
  }
}
