package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.store.check.CheckReport;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.index.IndexRebuilt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The ways to a store: through the daemon that serves it, or directly while none does. */
interface StoreAccess {
  /** True when the directory holds a store. */
  boolean isStore(Path directory);

  /**
   * Refuses a mount point that is of no use, before a store is made for it.
   *
   * @param store where the store will be
   */
  void refuseMountPoint(Path mountPoint, Path store) throws IOException;

  /**
   * Makes a volume in a new store, or in one that has none yet: there an earlier attempt ended
   * half-way. A name that is not allowed is refused before anything is made.
   */
  void create(Path directory, String volume) throws IOException;

  /** The daemon of the store, if one runs. */
  Optional<? extends DaemonControl> daemon(Path store) throws IOException;

  /** Opens the store in this process; refused while a daemon serves it. */
  StoreControl openLocally(Path store) throws IOException;

  /**
   * Makes the index of a store that no daemon serves anew from its copies.
   *
   * @param acceptOlder takes an older state when the last one is lost
   */
  IndexRebuilt rebuildIndex(Path store, boolean acceptOlder) throws IOException;

  /** Checks a store that no daemon serves. */
  CheckReport check(Path store, boolean readData) throws IOException;

  /** Repairs a store that no daemon serves. */
  RepairReport repair(Path store) throws IOException;

  /** The Brindle mounts of this machine. */
  List<MountedVolume> mounts() throws IOException;

  /** Whether nobody serves a mount any more. Waits with it when its daemon is stopped. */
  boolean isDead(MountedVolume mount) throws IOException;

  /** Whether it is this user's mount, which may be asked without fear that it never answers. */
  boolean isOwn(MountedVolume mount);

  /** Whether the owner of a store made a mount, as its daemon does. */
  boolean isOfOwner(MountedVolume mount, Path store) throws IOException;

  /** Whether a store has no volume; false while a daemon serves it. Changes nothing. */
  boolean hasNoVolume(Path store) throws IOException;

  /**
   * The full name that the volume of a mount has now; the kernel lists the one that it had when it
   * was mounted.
   */
  String volumeName(MountedVolume mount) throws IOException;

  /**
   * Mounts, by the store's daemon or one that is started for it.
   *
   * @param foreground returns when a daemon that was started here has ended, not when the mount
   *     answers
   * @param mounted is told when the mount answers
   * @return the exit status
   */
  int mount(
      Path store,
      MountRequest request,
      DaemonSettings settings,
      boolean foreground,
      Consumer<MountReport> mounted)
      throws IOException;

  /** Takes a mount off; when it was the store's last, its daemon has ended on return. */
  void unmount(MountedVolume mount, boolean lazy) throws IOException;
}
