package dev.brindle.daemon.control;

import java.io.IOException;
import java.nio.file.Path;

/** What can be asked of the daemon that serves a store, besides what can be asked of the store. */
public interface DaemonControl extends StoreControl {
  /**
   * Mounts a volume; the mount has answered when this returns.
   *
   * @throws ControlException MOUNT_FAILED, MOUNT_POINT_REFUSED or MACHINE_LACKS, with a sentence
   */
  MountReport mount(MountRequest request) throws IOException;

  /**
   * Flushes everything and unmounts. The daemon ends with its last mount; a client returns when it
   * has, and the store is free.
   *
   * @param lazy detaches the mount point at once, also when files are open on it
   * @throws dev.brindle.store.FileSystemException EBUSY while files are open and it is not lazy,
   *     ENOENT when the daemon has no mount there
   */
  void umount(Path mountPoint, boolean lazy) throws IOException;

  /** Whether the last mount is gone and the daemon is on its way out. */
  default boolean isEnding() {
    return false;
  }
}
