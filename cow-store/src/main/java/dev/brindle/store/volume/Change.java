package dev.brindle.store.volume;

import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.TreeReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation on a head, under the head's lock: items are put and removed in the tree at once,
 * and written down as a redo operation. What an operation may be refused for must be found out
 * before its first change.
 */
final class Change {
  private final Head head;
  private final RedoWriter redo;
  private final TreeView view;
  private final Map<Long, Inode> touched = new LinkedHashMap<>();
  private final Timestamp now = Timestamp.now();
  private boolean changed;

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

  /** True as soon as the tree is not what it was. */
  boolean hasChanged() {
    return changed;
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
    changed = true;
    head.put(high, offset, value);
    redo.put(head.version(), high, offset, value);
  }

  void remove(long high, long offset) throws IOException {
    changed = true;
    head.remove(high, offset);
    redo.remove(head.version(), high, offset);
  }

  void putOrRemove(long high, long offset, byte @Nullable [] value) throws IOException {
    if (value == null) {
      remove(high, offset);
    } else {
      put(high, offset, value);
    }
  }

  void allocate(long address, int blocks) {
    changed = true;
    head.allocate(address, blocks);
    redo.allocate(head.version(), address, blocks);
  }

  void free(Extent extent) throws IOException {
    if (!extent.unwritten()) {
      changed = true;
      head.free(extent.address(), extent.blocks(), extent.born());
      redo.free(head.version(), extent.address(), extent.blocks(), extent.born());
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
      throw new dev.brindle.store.CorruptStoreException(
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
        touched.remove(inode);
        long orphans = ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN);
        if (tree().get(orphans, inode) != null) {
          remove(orphans, inode);
        }
        return true;
      }
      if (ItemType.typeOf(item.high()) == ItemType.EXTENT) {
        free(Extent.decode(item.value()));
      }
      remove(item.high(), item.offset());
    }
    return false;
  }

  /** Writes down that an inode has no names and is still there. */
  void addOrphan(long inode) throws IOException {
    put(ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN), inode, new byte[0]);
  }

  /** Puts the inodes that were changed; nothing is left to be done to the tree. */
  void finish() throws IOException {
    for (Inode inode : touched.values()) {
      put(ItemType.high(inode.number, ItemType.INODE), 0, inode.encode());
    }
    touched.clear();
  }
}
