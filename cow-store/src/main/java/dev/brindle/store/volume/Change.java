package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.TreeReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * One operation on a head, under the head's lock: items are put and removed in the tree at once,
 * and written down as a redo operation; blocks change hands at the operation's end. What an
 * operation may be refused for is found out before its first change; when it meets a damaged node
 * after that, what it did is taken back, item by item: the nodes for that are in memory.
 */
final class Change {
  private final Head head;
  private final RedoWriter redo;
  private final TreeView view;
  private final Map<Long, Inode> touched = new LinkedHashMap<>();
  private final Timestamp now = Timestamp.now();
  private final List<Undo> undo = new ArrayList<>();
  private final List<Extent> allocated = new ArrayList<>();
  private final List<Extent> shared = new ArrayList<>();
  private final List<Extent> freed = new ArrayList<>();
  private final List<Runnable> whenDone = new ArrayList<>();
  private final List<FileState> attached = new ArrayList<>();

  /** Something was asked of the tree, and may be done in part. */
  private boolean begun;

  /** Blocks have changed hands: there is no way back. */
  private boolean settling;

  Change(Head head, RedoWriter redo) {
    this.head = head;
    this.redo = redo;
    this.view = head.view();
  }

  Head head() {
    return head;
  }

  TreeView view() {
    return view;
  }

  TreeReader tree() {
    return view.tree();
  }

  Timestamp now() {
    return now;
  }

  /**
   * An item as it was.
   *
   * @param value null when there was none
   */
  private record Undo(long high, long offset, byte @Nullable [] value) {}

  /** A point of an operation to go back to. */
  record Mark(int items, int allocated, int shared, int freed, int redoBytes) {}

  /** True as soon as the tree is not what it was. */
  boolean hasChanged() {
    return !undo.isEmpty() || !allocated.isEmpty() || !shared.isEmpty() || !freed.isEmpty();
  }

  /** True as soon as the tree may not be what it was, should what changes it fail by a bug. */
  boolean hasBegun() {
    return begun || hasChanged();
  }

  /** False when a failure left a part of the operation behind. */
  boolean canBeTakenBack() {
    return !settling;
  }

  Mark mark() {
    return new Mark(undo.size(), allocated.size(), shared.size(), freed.size(), redo.length());
  }

  /** Takes back all that was put, removed, allocated, shared and freed since. */
  void takeBack(Mark mark) throws IOException {
    for (int i = undo.size() - 1; i >= mark.items; i--) {
      Undo item = undo.remove(i);
      if (item.value == null) {
        head.remove(item.high, item.offset);
      } else {
        head.put(item.high, item.offset, item.value);
      }
    }
    allocated.subList(mark.allocated, allocated.size()).clear();
    for (int i = shared.size() - 1; i >= mark.shared; i--) {
      Extent extent = shared.remove(i);
      head.unshare(extent.address(), extent.blocks());
    }
    freed.subList(mark.freed, freed.size()).clear();
    redo.cut(mark.redoBytes);
  }

  /** Takes back the whole operation. */
  void takeBack() throws IOException {
    touched.clear();
    whenDone.clear();
    takeBack(new Mark(0, 0, 0, 0, 0));
  }

  /** What memory has to know when the operation cannot fail any more; under the same locks. */
  void whenDone(Runnable step) {
    whenDone.add(step);
  }

  /** What memory knows of an inode; forgotten at the operation's end when it is nothing. */
  FileState attach(Inode inode) {
    FileState state = head.attach(inode);
    detachWhenIdle(inode, state);
    return state;
  }

  /** Of an inode without names it is what keeps the inode in sight until it is removed. */
  void detachWhenIdle(Inode inode, FileState state) {
    if (inode.linkCount > 0) {
      attached.add(state);
    }
  }

  /** An inode to read and change: the same object throughout the operation. */
  Inode inode(long number) throws IOException {
    Inode inode = touched.get(number);
    return inode != null ? inode : view.inode(number);
  }

  Inode directory(long number) throws IOException {
    Inode inode = touched.get(number);
    return inode != null ? inode : view.directory(number);
  }

  /** Says that an inode was changed; its item is put at the operation's end. */
  void update(Inode inode) {
    touched.put(inode.number, inode);
  }

  void put(long high, long offset, byte[] value) throws IOException {
    begun = true;
    undo.add(new Undo(high, offset, head.put(high, offset, value)));
    redo.put(head.version(), high, offset, value);
  }

  void remove(long high, long offset) throws IOException {
    begun = true;
    byte[] previous = head.remove(high, offset);
    if (previous != null) {
      undo.add(new Undo(high, offset, previous));
      redo.remove(head.version(), high, offset);
    }
  }

  void putOrRemove(long high, long offset, byte @Nullable [] value) throws IOException {
    if (value == null) {
      remove(high, offset);
    } else {
      put(high, offset, value);
    }
  }

  void allocate(Extent extent) {
    allocated.add(extent);
  }

  /** Refers once more to the blocks of an extent that is there and stays there meanwhile. */
  void share(Extent extent) throws IOException {
    head.share(extent.address(), extent.blocks());
    shared.add(extent);
    redo.share(head.version(), extent.address(), extent.blocks());
  }

  void free(Extent extent) {
    if (!extent.unwritten()) {
      freed.add(extent);
    }
  }

  /** Adds a name of an inode: the entry and the reference back. */
  void addName(long directory, Name name, Inode inode) throws IOException {
    long entryHigh = ItemType.high(directory, ItemType.DIRENT);
    long entryHash = view.hash().ofEntry(name);
    put(
        entryHigh,
        entryHash,
        DirentItem.with(tree().get(entryHigh, entryHash), name, inode.number, inode.mode));
    long backHigh = ItemType.high(inode.number, ItemType.BACK_REFERENCE);
    long backHash = view.hash().of(directory, name);
    put(
        backHigh,
        backHash,
        BackReferenceItem.with(
            tree().get(backHigh, backHash), new BackReferenceItem.Reference(directory, name)));
  }

  void removeName(long directory, Name name, long inode) throws IOException {
    long entryHigh = ItemType.high(directory, ItemType.DIRENT);
    long entryHash = view.hash().ofEntry(name);
    putOrRemove(entryHigh, entryHash, DirentItem.without(existing(entryHigh, entryHash), name));
    long backHigh = ItemType.high(inode, ItemType.BACK_REFERENCE);
    long backHash = view.hash().of(directory, name);
    putOrRemove(
        backHigh,
        backHash,
        BackReferenceItem.without(
            existing(backHigh, backHash), new BackReferenceItem.Reference(directory, name)));
  }

  private byte[] existing(long high, long offset) throws IOException {
    byte[] value = tree().get(high, offset);
    if (value == null) {
      throw new CorruptStoreException(
          "index.db",
          -1,
          "inode %d has no item of type %d at %x"
              .formatted(ItemType.inodeOf(high), ItemType.typeOf(high), offset));
    }
    return value;
  }

  /**
   * Removes items of an inode that has no names, and frees its blocks.
   *
   * @param itemsMax how many at the most
   * @return true when nothing is left of it
   */
  boolean purge(long inode, int itemsMax) throws IOException {
    long first = ItemType.high(inode, ItemType.INODE) + 1;
    long last = ItemType.high(inode, 0xff);
    for (int i = 0; i < itemsMax; i++) {
      Item item = tree().ceiling(first, 0);
      if (item == null || Long.compareUnsigned(item.high(), last) > 0) {
        remove(ItemType.high(inode, ItemType.INODE), 0);
        forgetOrphan(inode);
        // Last, since nothing brings it back when one of these fails.
        touched.remove(inode);
        return true;
      }
      if (ItemType.typeOf(item.high()) == ItemType.EXTENT) {
        free(Extent.decode(item.value()));
      }
      remove(item.high(), item.offset());
    }
    return false;
  }

  /**
   * Writes down that an inode has no names and is still there. Where the list is damaged it goes
   * without: after a crash the inode takes its space until a repair.
   */
  void addOrphan(long inode) throws IOException {
    try {
      put(ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN), inode, new byte[0]);
    } catch (CorruptStoreException e) {
      Logger.warn(e, "inode {} of volume {} is not listed as an orphan", inode, head.volume);
    }
  }

  boolean isOrphan(long inode) throws IOException {
    return tree().get(ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN), inode) != null;
  }

  /** The inode is gone: that it is still listed does no harm. */
  private void forgetOrphan(long inode) throws IOException {
    try {
      if (isOrphan(inode)) {
        removeOrphan(inode);
      }
    } catch (CorruptStoreException e) {
      Logger.debug(e, "whether inode {} is listed as an orphan cannot be read", inode);
    }
  }

  /** An inode has a name now: it must not be listed any more. */
  void removeOrphan(long inode) throws IOException {
    remove(ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN), inode);
  }

  /** Puts the inodes that were changed, and lets blocks change hands. */
  void finish() throws IOException {
    for (Inode inode : touched.values()) {
      put(ItemType.high(inode.number, ItemType.INODE), 0, inode.encode());
    }
    touched.clear();
    settling = true;
    for (Extent extent : allocated) {
      head.allocate(extent.address(), extent.blocks());
      redo.allocate(head.version(), extent.address(), extent.blocks());
    }
    for (Extent extent : freed) {
      head.free(extent.address(), extent.blocks(), extent.born());
      redo.free(head.version(), extent.address(), extent.blocks(), extent.born());
    }
  }

  /** To be called whatever comes of the operation. */
  void detachIdle() {
    attached.forEach(head::detachIfIdle);
  }

  /** Takes the steps that were put off until the operation can fail no more. */
  void tellMemory() {
    whenDone.forEach(Runnable::run);
  }
}
