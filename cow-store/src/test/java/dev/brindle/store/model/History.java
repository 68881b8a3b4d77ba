package dev.brindle.store.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The states that a store may come back in after a crash now. It knows every state since the last
 * durable point, and for each file every content since its data was last durable.
 *
 * <p>The rules, from the architecture's "write path, durability, recovery":
 *
 * <ol>
 *   <li>Operations on names, attributes and the catalogue form one history of the whole store. What
 *       comes back is a prefix of it, which holds at least everything before the last fsync, sync,
 *       checkpoint, snapshot or clone.
 *   <li>File data comes later than the operations around it, or not at all. In a prefix that ends
 *       with operation p, a byte of a file is one that the file held at that place after one of the
 *       operations up to p, and not before the last one that <em>settled</em> the place: made the
 *       data durable (fsync of the file, sync, snapshot or clone of the volume), cut it off,
 *       punched the whole 4 KiB block out, or renamed the file (its data is flushed ahead of that;
 *       likewise at the last release of a file that was emptied while it was held).
 *   <li>The size lies between the last one that was durable and the present one; a truncation takes
 *       away what was larger. Only states in which the file was long enough to hold a byte count
 *       for rule 2: so there is no size without its data.
 *   <li>A file's modification, change and access time are each one of those it had in these states.
 *   <li>A snapshot is there exactly as taken, or (before its creation returned) not at all.
 *   <li>Inodes without a name are gone.
 * </ol>
 */
final class History {
  record FileKey(long volume, long inode) {}

  private final Map<FileKey, FileHistory> files = new HashMap<>();

  /** Files that were emptied while somebody held them: the last release flushes them. */
  private final Set<FileKey> emptied = new HashSet<>();

  private final List<ModelState> states = new ArrayList<>();
  private long firstIndex;

  History(ModelState durable) {
    states.add(durable);
  }

  /** This history as it is now; what is added to one of the two is not in the other. */
  History copy() {
    History copy = new History(states.get(0));
    copy.firstIndex = firstIndex;
    copy.states.addAll(states.subList(1, states.size()));
    files.forEach((key, file) -> copy.files.put(key, file.copy()));
    copy.emptied.addAll(emptied);
    return copy;
  }

  /** The number of the operation that made the newest state. */
  long index() {
    return firstIndex + states.size() - 1;
  }

  long oldestIndex() {
    return firstIndex;
  }

  ModelState state(long index) {
    return states.get((int) (index - firstIndex));
  }

  /** An operation was done. */
  void add(ModelState state) {
    states.add(state);
    files.forEach((key, file) -> file.noted(index(), inode(state, key)));
  }

  /** An operation was interrupted: it was done, in part where it wrote data, or not. */
  void perhaps(ModelState before, ModelState after) {
    add(after);
    for (Map.Entry<Long, ModelVolume> entry : after.volumes()) {
      ModelVolume old = before.volumes().get(entry.getKey());
      if (old == null || old.tree() == entry.getValue().tree()) {
        continue;
      }
      for (Map.Entry<Long, ModelInode> inode : entry.getValue().tree().inodes()) {
        ModelInode then = old.tree().inodes().get(inode.getKey());
        if (then != null && then.content() != inode.getValue().content()) {
          written(entry.getKey(), then, inode.getValue());
        }
      }
    }
  }

  private static @Nullable ModelInode inode(ModelState state, FileKey key) {
    ModelVolume volume = state.volumes().get(key.volume());
    return volume == null ? null : volume.tree().inodes().get(key.inode());
  }

  /** Everything before now is durable, except for file data. */
  void namesDurable() {
    firstIndex = index();
    ModelState newest = states.get(states.size() - 1);
    states.clear();
    states.add(newest);
  }

  void dataDurable(long volume, long inode) {
    files.remove(new FileKey(volume, inode));
  }

  void volumeDurable(long volume) {
    files.keySet().removeIf(key -> key.volume() == volume);
  }

  void allDurable() {
    namesDurable();
    files.clear();
  }

  /** A file's data changed in its buffers by the newest operation. */
  void written(long volume, ModelInode before, ModelInode after) {
    file(volume, before).written(index(), after);
  }

  /** The newest operation took away a range of a file's data. */
  void cut(long volume, ModelInode before, ModelInode after, long from, long to) {
    file(volume, before).cut(index(), after, from, to);
  }

  /** A file's data was flushed ahead of the newest operation. */
  void flushed(long volume, ModelInode after) {
    FileHistory file = files.get(new FileKey(volume, after.number()));
    if (file != null) {
      file.flushed(index(), after);
    }
  }

  /** A file that is held was cut to nothing by the newest operation. */
  void emptied(long volume, long inode) {
    emptied.add(new FileKey(volume, inode));
  }

  /** The newest operation ended the last hold of a file. */
  void released(long volume, ModelInode after) {
    if (emptied.remove(new FileKey(volume, after.number()))) {
      flushed(volume, after);
    }
  }

  /** Null when the file's data is durable as it is. */
  @Nullable FileHistory file(long volume, long inode) {
    return files.get(new FileKey(volume, inode));
  }

  private FileHistory file(long volume, ModelInode before) {
    return files.computeIfAbsent(
        new FileKey(volume, before.number()), key -> new FileHistory(firstIndex, before));
  }
}
