package dev.brindle.daemon.control;

import dev.brindle.namespace.SnapshotVisibility;
import org.jspecify.annotations.Nullable;

/**
 * How a volume is mounted.
 *
 * @param readOnly refuses each change with EROFS
 * @param allowOther lets other users than the one who mounted in, as far as the modes allow; null
 *     for yes when root mounts and no otherwise
 * @param noAccessTime leaves access times alone; otherwise they follow the rules of relatime
 * @param setUid honours set-uid and set-gid bits and file capabilities
 * @param devices honours device files
 * @param snapshots whether {@code .snapshots} and {@code .clones} are listed
 */
public record MountOptions(
    boolean readOnly,
    @Nullable Boolean allowOther,
    boolean noAccessTime,
    boolean setUid,
    boolean devices,
    SnapshotVisibility snapshots) {
  public static MountOptions defaults() {
    return new MountOptions(false, null, false, false, false, SnapshotVisibility.HIDDEN);
  }

  public MountOptions withReadOnly(boolean value) {
    return new MountOptions(value, allowOther, noAccessTime, setUid, devices, snapshots);
  }

  public MountOptions withAllowOther(@Nullable Boolean value) {
    return new MountOptions(readOnly, value, noAccessTime, setUid, devices, snapshots);
  }

  public MountOptions withNoAccessTime(boolean value) {
    return new MountOptions(readOnly, allowOther, value, setUid, devices, snapshots);
  }

  public MountOptions withSetUid(boolean value) {
    return new MountOptions(readOnly, allowOther, noAccessTime, value, devices, snapshots);
  }

  public MountOptions withDevices(boolean value) {
    return new MountOptions(readOnly, allowOther, noAccessTime, setUid, value, snapshots);
  }

  public MountOptions withSnapshots(SnapshotVisibility value) {
    return new MountOptions(readOnly, allowOther, noAccessTime, setUid, devices, value);
  }
}
