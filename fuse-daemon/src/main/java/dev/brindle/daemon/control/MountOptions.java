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
 * @param alone whether no other mount shows the volume meanwhile, its own or that of a volume it is
 *     a clone of or of one of its clones: then the kernel may keep what is written to itself for a
 *     while, where the transport can have it handed on. Two such mounts of one volume are refused
 */
public record MountOptions(
    boolean readOnly,
    @Nullable Boolean allowOther,
    boolean noAccessTime,
    boolean setUid,
    boolean devices,
    SnapshotVisibility snapshots,
    boolean alone) {
  public static MountOptions defaults() {
    return new MountOptions(false, null, false, false, false, SnapshotVisibility.HIDDEN, false);
  }

  public MountOptions withReadOnly(boolean value) {
    return new MountOptions(value, allowOther, noAccessTime, setUid, devices, snapshots, alone);
  }

  public MountOptions withAllowOther(@Nullable Boolean value) {
    return new MountOptions(readOnly, value, noAccessTime, setUid, devices, snapshots, alone);
  }

  public MountOptions withNoAccessTime(boolean value) {
    return new MountOptions(readOnly, allowOther, value, setUid, devices, snapshots, alone);
  }

  public MountOptions withSetUid(boolean value) {
    return new MountOptions(readOnly, allowOther, noAccessTime, value, devices, snapshots, alone);
  }

  public MountOptions withDevices(boolean value) {
    return new MountOptions(readOnly, allowOther, noAccessTime, setUid, value, snapshots, alone);
  }

  public MountOptions withSnapshots(SnapshotVisibility value) {
    return new MountOptions(readOnly, allowOther, noAccessTime, setUid, devices, value, alone);
  }

  public MountOptions withAlone(boolean value) {
    return new MountOptions(readOnly, allowOther, noAccessTime, setUid, devices, snapshots, value);
  }
}
