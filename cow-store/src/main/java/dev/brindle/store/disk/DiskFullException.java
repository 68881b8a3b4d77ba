package dev.brindle.store.disk;

import java.io.IOException;

/** The host's file system has no space, or its owner no quota, left. */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1;
  private final boolean quota;

  public DiskFullException(String file, IOException cause) {
    this(file, cause, false);
  }

  /**
   * @param quota the disk may have space, and the owner none
   */
  public DiskFullException(String file, IOException cause, boolean quota) {
    super(
        quota
            ? "the quota on the host's disk is exceeded, for " + file
            : "no space left on the host's disk for " + file,
        cause);
    this.quota = quota;
  }

  /** True for EDQUOT, false for ENOSPC. */
  public boolean isQuota() {
    return quota;
  }
}
