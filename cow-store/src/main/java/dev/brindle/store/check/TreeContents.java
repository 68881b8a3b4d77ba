package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.volume.BackReferenceItem;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.DirentItem;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.Inode;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import dev.brindle.store.volume.XattrItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Everything that a version's tree holds, read in one pass. */
final class TreeContents {
  /** The entries of a directory whose names have the same hash. */
  record Entries(long directory, long offset, List<DirentItem.Entry> entries) {}

  /** An item that cannot stay. */
  record Malformed(long high, long offset, String how) {}

  final TreeMap<Long, FoundInode> inodes = new TreeMap<>();
  final List<Entries> entries = new ArrayList<>();
  final List<Malformed> malformed = new ArrayList<>();
  final TreeSet<Long> orphans = new TreeSet<>();
  private final NameHash hash;

  private TreeContents(NameHash hash) {
    this.hash = hash;
  }

  static TreeContents read(Tree tree, NameHash hash) throws IOException {
    TreeContents contents = new TreeContents(hash);
    tree.forEach(
        0,
        0,
        (high, offset, value) -> {
          contents.add(high, offset, value);
          return true;
        });
    return contents;
  }

  @Nullable FoundInode find(long inode) {
    return inodes.get(inode);
  }

  FoundInode existing(long inode) {
    FoundInode found = find(inode);
    if (found == null) {
      throw new IllegalStateException("there is no inode " + inode);
    }
    return found;
  }

  private void add(long high, long offset, byte[] value) {
    try {
      item(high, offset, value);
    } catch (IllegalArgumentException | CorruptStoreException e) {
      malformed.add(new Malformed(high, offset, "is malformed"));
    }
  }

  private void item(long high, long offset, byte[] value) throws CorruptStoreException {
    long number = ItemType.inodeOf(high);
    int type = ItemType.typeOf(high);
    if (number == ItemType.ORPHANS) {
      if (type == ItemType.ORPHAN) {
        orphans.add(offset);
      } else {
        malformed.add(new Malformed(high, offset, "stands among the orphans"));
      }
      return;
    }
    switch (type) {
      case ItemType.INODE -> inode(high, offset, value);
      case ItemType.XATTR -> XattrItem.decode(value);
      case ItemType.DIRENT -> {
        entries.add(new Entries(number, offset, DirentItem.decode(value)));
        found(number).hasEntries = true;
      }
      case ItemType.BACK_REFERENCE -> references(found(number), offset, value);
      case ItemType.SYMLINK -> found(number).targetBytes = value.length;
      case ItemType.INLINE -> found(number).inlineBytes = value.length;
      case ItemType.EXTENT -> extent(found(number), offset, Extent.decode(value));
      default -> malformed.add(new Malformed(high, offset, "is of no known type"));
    }
  }

  private FoundInode found(long number) {
    return inodes.computeIfAbsent(number, FoundInode::new);
  }

  private void inode(long high, long offset, byte[] value) throws CorruptStoreException {
    long number = ItemType.inodeOf(high);
    if (offset != 0) {
      malformed.add(new Malformed(high, offset, "is not at offset 0"));
      return;
    }
    Inode inode = Inode.decode(number, value);
    found(number).inode = inode;
  }

  private void references(FoundInode found, long offset, byte[] value)
      throws CorruptStoreException {
    for (Reference reference : BackReferenceItem.decode(value)) {
      found.references.add(reference);
      found.isReferenceMisplaced |= hash.of(reference.parent(), reference.name()) != offset;
    }
  }

  private static void extent(FoundInode found, long offset, Extent extent) {
    found.hasExtents = true;
    found.hasExtentAtStart |= offset == 0;
    found.blocks += extent.blocks();
    found.extentEnd =
        Math.max(found.extentEnd, offset + (long) extent.blocks() * Extent.BLOCK_BYTES);
  }
}
