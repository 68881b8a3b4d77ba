package dev.brindle.store.check;

import dev.brindle.store.Name;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.volume.BackReferenceItem;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.DirentItem;
import dev.brindle.store.volume.Inode;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds single things in a version's tree. */
final class TreeLookup {
  private final TreeReader tree;
  private final NameHash hash;

  TreeLookup(TreeReader tree, NameHash hash) {
    this.tree = tree;
    this.hash = hash;
  }

  NameHash hash() {
    return hash;
  }

  byte @Nullable [] item(long inode, int type, long offset) throws IOException {
    return tree.get(ItemType.high(inode, type), offset);
  }

  @Nullable Inode inode(long number) throws IOException {
    byte[] item = item(number, ItemType.INODE, 0);
    return item == null ? null : Inode.decode(number, item);
  }

  /** The first item of an inode, of whatever type. */
  @Nullable Item anyItem(long inode) throws IOException {
    Item item = tree.ceiling(ItemType.high(inode, 0), 0);
    return item != null && ItemType.inodeOf(item.high()) == inode ? item : null;
  }

  /** The entry of a name, or null. */
  DirentItem.@Nullable Entry entry(long directory, Name name) throws IOException {
    byte[] item = item(directory, ItemType.DIRENT, hash.ofEntry(name));
    if (item != null) {
      for (DirentItem.Entry entry : DirentItem.decode(item)) {
        if (entry.name().equals(name)) {
          return entry;
        }
      }
    }
    return null;
  }

  boolean hasReference(long inode, Reference reference) throws IOException {
    long offset = hash.of(reference.parent(), reference.name());
    byte[] item = item(inode, ItemType.BACK_REFERENCE, offset);
    return item != null && BackReferenceItem.decode(item).contains(reference);
  }

  List<Reference> references(long inode) throws IOException {
    List<Reference> references = new ArrayList<>(1);
    long high = ItemType.high(inode, ItemType.BACK_REFERENCE);
    Item item = tree.ceiling(high, 0);
    while (item != null && item.high() == high) {
      references.addAll(BackReferenceItem.decode(item.value()));
      item = item.offset() == -1L ? null : tree.ceiling(high, item.offset() + 1);
    }
    return references;
  }

  /** The next item of an inode and type at or behind an offset. */
  @Nullable Item next(long high, long offset) throws IOException {
    Item item = tree.ceiling(high, offset);
    return item != null && item.high() == high ? item : null;
  }

  /** The last item of an inode and type at or before an offset. */
  @Nullable Item last(long high, long offset) throws IOException {
    Item item = tree.floor(high, offset);
    return item != null && item.high() == high ? item : null;
  }
}
