package dev.brindle.store.version;

import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.version.RowFormat.VolumeRow;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The half of a salvage that is about volumes: which version is whose, and under which name. */
final class VolumeSalvage {
  private static final String NAME = "recovered-";

  private final TreeMap<Long, VersionRow> versions;
  private final List<String> deeds;
  private final TreeMap<Long, VolumeRow> volumes = new TreeMap<>();
  private final TreeSet<Long> gone = new TreeSet<>();

  /**
   * @param versions those that are known; grows as others are made anew
   */
  VolumeSalvage(TreeMap<Long, VersionRow> versions, List<String> deeds) {
    this.versions = versions;
    this.deeds = deeds;
  }

  void add(VolumeRow volume) {
    volumes.put(volume.id(), volume);
  }

  Collection<VolumeRow> rows() {
    return volumes.values();
  }

  Collection<Long> gone() {
    return gone;
  }

  long largestId() {
    return volumes.isEmpty() ? 0 : volumes.lastKey();
  }

  /** The heads that volumes name and that are not there. */
  TreeSet<Long> missingHeads() {
    TreeSet<Long> missing = new TreeSet<>();
    for (VolumeRow volume : volumes.values()) {
      if (!versions.containsKey(volume.head())) {
        missing.add(volume.head());
      }
    }
    return missing;
  }

  /** A version whose row is lost, as what stands around it tells. */
  VersionRow describe(
      long id,
      long parent,
      List<VersionRow> children,
      long root,
      long nextInode,
      LongSupplier numbers) {
    for (VolumeRow volume : volumes.values()) {
      if (volume.head() == id) {
        Timestamp created = versions.containsKey(parent) ? row(parent).created() : volume.created();
        return VersionRow.rebuilt(
            id, parent, volume.id(), VersionState.HEAD, null, created, root, nextInode);
      }
    }
    if (children.isEmpty()) {
      long volume = numbers.getAsLong();
      Timestamp created = versions.containsKey(parent) ? row(parent).created() : Timestamp.now();
      return VersionRow.rebuilt(
          id, parent, volume, VersionState.HEAD, null, created, root, nextInode);
    }
    VersionRow heir = heir(id, children);
    return VersionRow.rebuilt(
        id,
        parent,
        heir.volume(),
        VersionState.SNAPSHOT,
        Name.of(NAME + id),
        heir.created(),
        root,
        nextInode);
  }

  private VersionRow row(long id) {
    VersionRow row = versions.get(id);
    if (row == null) {
      throw new IllegalStateException("there is no version " + id);
    }
    return row;
  }

  /** The child that goes on in the same volume: it is no clone. */
  private VersionRow heir(long id, List<VersionRow> children) {
    for (VersionRow child : children) {
      VolumeRow volume = volumes.get(child.volume());
      if (volume == null || volume.origin() != id) {
        return child;
      }
    }
    return children.get(0);
  }

  /** Makes volumes and versions fit together again. */
  void restore(LongSupplier numbers) {
    supplyVolumes();
    for (VolumeRow volume : List.copyOf(volumes.values())) {
      if (!isHeadOf(volume)) {
        supplyHead(volume, numbers);
      }
    }
    for (VersionRow version : List.copyOf(versions.values())) {
      settle(version);
    }
    for (VolumeRow volume : List.copyOf(volumes.values())) {
      settle(volume);
    }
  }

  private boolean isHeadOf(VolumeRow volume) {
    VersionRow head = versions.get(volume.head());
    return head != null && head.state() == VersionState.HEAD && head.volume() == volume.id();
  }

  /** A volume whose row is lost is known by its versions. */
  private void supplyVolumes() {
    for (VersionRow version : List.copyOf(versions.values())) {
      VolumeRow there = volumes.get(version.volume());
      if (!version.state().isNamed() || (there != null && there.head() != 0)) {
        continue;
      }
      long head = version.state() == VersionState.HEAD ? version.id() : 0;
      volumes.put(
          version.volume(),
          new VolumeRow(
              version.volume(), Name.of(NAME + version.volume()), 0, head, 0, version.created()));
      if (there == null) {
        deeds.add(
            "volume %d, whose row was lost, is called %s%d"
                .formatted(version.volume(), NAME, version.volume()));
      }
    }
  }

  /**
   * A volume whose head has not even a root goes on from where that began: from its newest
   * snapshot, or the version that it is a clone of. Had the head changed anything, its root would
   * be there.
   */
  private void supplyHead(VolumeRow volume, LongSupplier numbers) {
    VersionRow base = base(volume);
    if (base == null) {
      volumes.remove(volume.id());
      gone.add(volume.id());
      deeds.add("of volume %s nothing is left: it is gone".formatted(volume.name()));
      return;
    }
    long head = numbers.getAsLong();
    versions.put(
        head,
        VersionRow.rebuilt(
            head,
            base.id(),
            volume.id(),
            VersionState.HEAD,
            null,
            base.created(),
            base.root(),
            base.nextInode()));
    volumes.put(volume.id(), withHead(volume, head));
    deeds.add(
        "volume %s lost its head: it goes on from version %d, %s"
            .formatted(volume.name(), base.id(), base.name() == null ? "nameless" : base.name()));
  }

  private @Nullable VersionRow base(VolumeRow volume) {
    VersionRow origin = versions.get(volume.origin());
    VersionRow base = origin != null && !origin.state().isBeingReaped() ? origin : null;
    for (VersionRow version : versions.values()) {
      if (version.volume() == volume.id() && version.state() == VersionState.SNAPSHOT) {
        base = version;
      }
    }
    return base;
  }

  /** A version of a volume that is gone, or a second head, is nobody's. */
  private void settle(VersionRow version) {
    VolumeRow volume = volumes.get(version.volume());
    boolean isSecondHead =
        version.state() == VersionState.HEAD && volume != null && volume.head() != version.id();
    if (isSecondHead) {
      Name name = Name.of(NAME + version.id());
      versions.put(version.id(), version.as(VersionState.SNAPSHOT, version.volume(), name));
      deeds.add("version %d became the snapshot %s".formatted(version.id(), name));
    } else if (volume == null && version.state().isNamed()) {
      versions.put(version.id(), version.as(VersionState.NAMELESS, version.volume(), null));
    }
  }

  private void settle(VolumeRow volume) {
    long parent = volumes.containsKey(volume.parent()) ? volume.parent() : 0;
    Name name = volume.name();
    while (isTaken(parent, name, volume)) {
      name = Name.of(name + "-" + volume.id());
    }
    if (parent != volume.parent() || !name.equals(volume.name())) {
      deeds.add("volume %s is now %s, at the top".formatted(volume.name(), name));
    }
    volumes.put(
        volume.id(),
        new VolumeRow(volume.id(), name, parent, volume.head(), volume.origin(), volume.created()));
  }

  private boolean isTaken(long parent, Name name, VolumeRow volume) {
    return volumes.values().stream()
        .anyMatch(
            other ->
                other.id() != volume.id() && other.parent() == parent && other.name().equals(name));
  }

  private static VolumeRow withHead(VolumeRow volume, long head) {
    return new VolumeRow(
        volume.id(), volume.name(), volume.parent(), head, volume.origin(), volume.created());
  }
}
