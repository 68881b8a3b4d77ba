package dev.brindle.daemon.control;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.scrub.ScrubStatus;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a store, whether a daemon serves it or not.
 *
 * <p>Volumes are named by their full names ({@code main/test}), snapshots by their volume and their
 * name; names are text as {@link NameText} writes them. All methods throw {@link
 * dev.brindle.store.FileSystemException} with a sentence for people as its message when the store
 * refuses (EEXIST, ENOENT, EBUSY, EINVAL ...), {@link ControlException} when the control socket or
 * the daemon does, and another {@link IOException} when the disk failed or the store is damaged.
 */
public interface StoreControl extends Closeable {
  StatusReport status() throws IOException;

  /** All volumes, clones included, by full name. */
  List<VolumeReport> volumes() throws IOException;

  /** Makes an empty volume whose root directory belongs to the owner of the store's directory. */
  VolumeReport createVolume(String name) throws IOException;

  /**
   * @param newName without its parent's name
   */
  VolumeReport renameVolume(String volume, String newName) throws IOException;

  void deleteVolume(String volume, CloneDisposition clones) throws IOException;

  /** The volume's snapshots, oldest first. */
  List<SnapshotReport> snapshots(String volume) throws IOException;

  /** Takes a snapshot with everything written before the call; durable on return. */
  SnapshotReport createSnapshot(String volume, String name) throws IOException;

  SnapshotReport renameSnapshot(String volume, String name, String newName) throws IOException;

  void deleteSnapshot(String volume, String name) throws IOException;

  /** The clones that stand in the volume's {@code .clones}. */
  List<VolumeReport> clones(String volume) throws IOException;

  /**
   * Clones a volume, or one of its snapshots; durable on return. A clone is deleted and renamed as
   * the volume that it is.
   *
   * @param snapshot null for the volume as it is now
   */
  VolumeReport createClone(String volume, @Nullable String snapshot, String name)
      throws IOException;

  /**
   * For each volume its snapshots, oldest first, and then its head.
   *
   * @param volume null for all volumes
   */
  List<SpaceReport> spaceUsage(@Nullable String volume) throws IOException;

  /** What changed from one tree to another, handed out as it is found. */
  void diff(TreeReference from, TreeReference to, Consumer<DiffLine> sink) throws IOException;

  /** Makes everything durable that was acknowledged before the call. */
  void sync() throws IOException;

  /** Runs a checkpoint now. */
  void checkpoint() throws IOException;

  /** Waits until the space of what was deleted is back on the host. */
  void reclaim() throws IOException;

  /**
   * Begins to read everything.
   *
   * @param bytesPerSecondMax 0 for no bound
   * @throws dev.brindle.store.FileSystemException EBUSY while a scrub runs
   */
  void startScrub(long bytesPerSecondMax) throws IOException;

  /** How the scrub stands that runs, or how the last one ended. */
  ScrubStatus scrubStatus() throws IOException;

  /** What the scrub that runs, or the last one, found damaged. */
  void scrubDamages(Consumer<DamageReport> sink) throws IOException;

  /** Ends the scrub, if one runs, and waits for its end. */
  void stopScrub() throws IOException;
}
