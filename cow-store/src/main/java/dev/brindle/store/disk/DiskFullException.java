package dev.brindle.store.disk;

import java.io.IOException;

/** The host's file system has no space, or its owner no quota, left. */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1;

  public DiskFullException(String file, IOException cause) {
    super("no space left on the host's disk for " + file, cause);
  }
}
