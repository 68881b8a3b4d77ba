package dev.brindle.store.model;

import static dev.brindle.store.Errno.EBUSY;
import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ESTALE;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The plain, obviously right store: the catalogue of volumes and snapshots over {@link TreeState}s,
 * and the inodes that are held. A wrong operation throws {@link Refused} and changes nothing.
 *
 * <p>Numbers (of inodes, volumes, versions) and the time are the caller's: a test tells the model
 * those that the store under test chose.
 */
final class ModelStore {
  /** An inode of a volume or snapshot that somebody holds. */
  record Holder(long treeId, long inode) {}

  private final Map<Holder, Integer> holds = new HashMap<>();
  private ModelState state = ModelState.EMPTY;
  private ModelTime now = ModelTime.exactly(Timestamp.now());

  ModelState state() {
    return state;
  }

  /** All that the model knows at one time, immutable. */
  record Moment(ModelState state, Map<Holder, Integer> holds) {}

  Moment moment() {
    return new Moment(state, Map.copyOf(holds));
  }

  void goTo(Moment moment) {
    state = moment.state;
    holds.clear();
    holds.putAll(moment.holds);
  }

  /** Runs something and takes back what it changed. */
  void provisionally(Lockstep.Action action) throws IOException {
    Moment before = moment();
    try {
      action.run();
    } finally {
      goTo(before);
    }
  }

  /** When the operations that follow take place. */
  void at(ModelTime time) {
    now = time;
  }

  ModelTime now() {
    return now;
  }

  /** Puts the store into a state of its past, as a crash does; nothing is held any more. */
  void reset(ModelState past) {
    holds.clear();
    state = past.withoutOrphans();
  }

  /** Changes a volume's tree. */
  <T> T edit(long volume, Function<TreeEdit, T> change) {
    ModelVolume row = volume(volume);
    TreeEdit edit = new TreeEdit(row.tree(), now, inode -> isHeld(volume, inode));
    T result = change.apply(edit);
    state = state.with(row.withTree(edit.result()));
    return result;
  }

  private void apply(long volume, Consumer<TreeEdit> change) {
    edit(
        volume,
        edit -> {
          change.accept(edit);
          return true;
        });
  }

  /** Changes one inode of a volume. */
  ModelInode update(long volume, long inode, Function<ModelInode, ModelInode> change) {
    return edit(
        volume,
        edit -> {
          edit.update(change.apply(edit.inode(inode)));
          return edit.inode(inode);
        });
  }

  ModelVolume volume(long id) {
    ModelVolume volume = state.volumes().get(id);
    if (volume == null) {
      throw Refused.with(ENOENT, ESTALE);
    }
    return volume;
  }

  ModelSnapshot snapshot(long version) {
    ModelSnapshot snapshot = state.snapshots().get(version);
    if (snapshot == null) {
      throw Refused.with(ENOENT, ESTALE);
    }
    return snapshot;
  }

  /** The tree of a volume or, by its version, of a snapshot: their numbers are never the same. */
  TreeState tree(long treeId) {
    ModelSnapshot snapshot = state.snapshots().get(treeId);
    return snapshot != null ? snapshot.tree() : volume(treeId).tree();
  }

  void createVolume(long id, Name name, int uid, int gid) {
    freeName(0, name);
    state = state.with(new ModelVolume(id, name, 0, TreeState.empty(uid, gid, now)));
  }

  void renameVolume(long id, Name newName) {
    ModelVolume volume = volume(id);
    if (!newName.equals(volume.name())) {
      freeName(volume.parent(), newName);
      state = state.with(volume.withName(newName));
    }
  }

  void deleteVolume(long id, CloneDisposition disposition) {
    volume(id);
    List<ModelVolume> clones = state.volumesIn(id);
    Refused.Conditions conditions =
        Refused.when(isBusy(id, disposition == CloneDisposition.DELETE), EBUSY)
            .when(!clones.isEmpty() && disposition == CloneDisposition.REFUSE, EBUSY);
    if (disposition == CloneDisposition.DETACH) {
      for (ModelVolume clone : clones) {
        ModelVolume there = state.volumeNamed(0, clone.name());
        conditions.when(there != null && there.id() != id, EEXIST);
      }
    }
    conditions.check();
    for (ModelVolume clone : clones) {
      if (disposition == CloneDisposition.DETACH) {
        state = state.with(clone.atTop());
      } else {
        deleteVolume(clone.id(), disposition);
      }
    }
    state = state.withoutVolume(id);
  }

  void createSnapshot(long version, long volume, Name name) {
    ModelVolume row = volume(volume);
    freeSnapshotName(volume, name);
    TreeState frozen = row.tree().withoutOrphans();
    state = state.with(new ModelSnapshot(version, volume, name, frozen));
  }

  void renameSnapshot(long version, Name newName) {
    ModelSnapshot snapshot = snapshot(version);
    if (!newName.equals(snapshot.name())) {
      freeSnapshotName(snapshot.volume(), newName);
      state = state.with(snapshot.withName(newName));
    }
  }

  void deleteSnapshot(long version) {
    snapshot(version);
    Refused.when(isAnyHeld(version), EBUSY).check();
    state = state.withoutSnapshot(version);
  }

  void cloneVolume(long id, long volume, Name name) {
    TreeState tree = volume(volume).tree();
    freeName(volume, name);
    state = state.with(new ModelVolume(id, name, volume, tree.withoutOrphans()));
  }

  void cloneSnapshot(long id, long version, Name name) {
    ModelSnapshot origin = snapshot(version);
    freeName(origin.volume(), name);
    state = state.with(new ModelVolume(id, name, origin.volume(), origin.tree()));
  }

  /** Makes a file with a name, held. */
  ModelInode makeHeld(
      long volume, long number, long directory, Name name, int mode, int umask, int uid, int gid) {
    int fileMode = FileMode.REGULAR | mode;
    ModelInode made =
        edit(
            volume, edit -> edit.make(number, directory, name, fileMode, umask, uid, gid, 0, null));
    hold(volume, number);
    return made;
  }

  /** Makes a file without a name, held. */
  ModelInode makeUnnamed(
      long volume, long number, long directory, int mode, int umask, int uid, int gid) {
    ModelInode made =
        edit(volume, edit -> edit.makeUnnamed(number, directory, mode, umask, uid, gid));
    hold(volume, number);
    return made;
  }

  /**
   * Removes a name.
   *
   * @param hold of an inode that has no name left, whether it is held from then on
   * @return what the name led to, as it is without; null when it has lost none
   */
  @Nullable ModelInode remove(
      long volume,
      long directory,
      Name name,
      Predicate<ModelInode> hold,
      Consumer<TreeEdit> change) {
    ModelInode parent = volume(volume).tree().inodes().get(directory);
    Long inode = parent == null ? null : parent.entries().get(name);
    if (inode == null) {
      apply(volume, change);
      return null;
    }
    int links = tree(volume).inodes().get(inode).linkCount();
    hold(volume, inode);
    boolean kept = false;
    try {
      apply(volume, change);
      ModelInode left = tree(volume).inodes().get(inode);
      kept = left.linkCount() == 0 && hold.test(left);
      return left.linkCount() < links ? left : null;
    } finally {
      if (!kept) {
        release(volume, inode);
      }
    }
  }

  void hold(long treeId, long inode) {
    Refused.when(!tree(treeId).inodes().containsKey(inode), ENOENT).check();
    holds.merge(new Holder(treeId, inode), 1, Integer::sum);
  }

  void release(long treeId, long inode) {
    holds.computeIfPresent(new Holder(treeId, inode), (h, count) -> count == 1 ? null : count - 1);
    if (!isHeld(treeId, inode) && state.volumes().containsKey(treeId)) {
      edit(
          treeId,
          edit -> {
            edit.released(inode);
            return null;
          });
    }
  }

  boolean isHeld(long treeId, long inode) {
    return holds.containsKey(new Holder(treeId, inode));
  }

  boolean isAnyHeld(long treeId) {
    return holds.keySet().stream().anyMatch(holder -> holder.treeId() == treeId);
  }

  /** For a planted bug: what is written to a volume is seen in its newest snapshot. */
  void leakIntoSnapshot(long volume, ModelInode inode) {
    List<ModelSnapshot> snapshots = state.snapshotsOf(volume);
    if (!snapshots.isEmpty()) {
      ModelSnapshot newest = snapshots.get(snapshots.size() - 1);
      if (newest.tree().inodes().containsKey(inode.number())) {
        ModelInode old = newest.tree().inodes().get(inode.number());
        TreeState changed = newest.tree().with(old.withContent(inode.content()));
        state = state.with(newest.withTree(changed));
      }
    }
  }

  /** One of the holds there are; null when there is none. */
  @Nullable Holder anyHolder(Random random) {
    List<Holder> all = new ArrayList<>(holds.keySet());
    all.sort(Comparator.comparingLong(Holder::treeId).thenComparingLong(Holder::inode));
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }

  private boolean isBusy(long volume, boolean withClones) {
    return isAnyHeld(volume)
        || state.snapshotsOf(volume).stream().anyMatch(s -> isAnyHeld(s.version()))
        || withClones && state.volumesIn(volume).stream().anyMatch(v -> isBusy(v.id(), true));
  }

  private void freeName(long parent, Name name) {
    Refused.when(!isAllowed(name), EINVAL)
        .when(state.volumeNamed(parent, name) != null, EEXIST)
        .check();
  }

  private void freeSnapshotName(long volume, Name name) {
    Refused.when(!isAllowed(name), EINVAL)
        .when(state.snapshotNamed(volume, name) != null, EEXIST)
        .check();
  }

  /** 1 to 127 bytes without slash and NUL, neither dot nor dot-dot. */
  private static boolean isAllowed(Name name) {
    for (byte b : name.bytes()) {
      if (b == 0 || b == '/') {
        return false;
      }
    }
    return name.length() >= 1 && name.length() <= 127 && !name.isDot() && !name.isDotDot();
  }
}
