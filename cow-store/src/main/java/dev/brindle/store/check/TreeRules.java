package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileTree;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.TreeDiff;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.version.Version;
import dev.brindle.store.volume.BackReferenceItem;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.DirentItem;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.Inode;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import dev.brindle.store.volume.XattrItem;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a file tree, verified for what differs from the version before: each item for itself
 * and against the items that it speaks of, each inode with its sums when its last item has passed.
 */
final class TreeRules implements TreeDiff.Visitor {
  private final String place;
  private final Version version;
  private final long inodesBefore;
  private final TreeLookup tree;
  private final SpaceRules space;
  private final InodeRules inodeRules;
  private final Totals totals;
  private final Problems problems;
  private long inodes;
  private @Nullable InodeChange change;

  TreeRules(
      String place,
      Version version,
      @Nullable Version base,
      TreeReader tree,
      NameHash hash,
      SpaceRules space,
      Totals totals,
      Problems problems) {
    this.place = place;
    this.version = version;
    this.inodesBefore = base == null ? 0 : base.inodeCount();
    this.tree = new TreeLookup(tree, hash);
    this.space = space;
    this.inodeRules = new InodeRules(place, this.tree, problems);
    this.totals = totals;
    this.problems = problems;
  }

  @Override
  public void visit(long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
      throws IOException {
    InodeChange current = changeOf(ItemType.inodeOf(high));
    try {
      item(current, high, offset, from, to);
    } catch (IllegalArgumentException | CorruptStoreException e) {
      report(high, offset, "is malformed: " + e.getMessage());
    }
  }

  private InodeChange changeOf(long inode) throws IOException {
    InodeChange current = change;
    if (current == null || current.number != inode) {
      endInode();
      current = new InodeChange(inode);
      change = current;
    }
    return current;
  }

  private void endInode() throws IOException {
    InodeChange ended = change;
    change = null;
    if (ended != null && ended.number != ItemType.ORPHANS) {
      try {
        inodeRules.verify(ended);
      } catch (CorruptStoreException e) {
        problems.add(place, "inode " + ended.number + " is malformed: " + e.getMessage());
      }
    }
  }

  void finish() throws IOException {
    endInode();
    Inode root = tree.inode(FileTree.ROOT_INODE);
    if (root == null || !root.isDirectory()) {
      problems.add(place, "there is no root directory");
    }
    if (inodesBefore + inodes != version.inodeCount()) {
      problems.add(
          place,
          "holds %d inodes, and counts %d".formatted(inodesBefore + inodes, version.inodeCount()));
    }
  }

  private void item(
      InodeChange current, long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
      throws IOException {
    if (current.number == ItemType.ORPHANS) {
      orphan(high, offset, to);
      return;
    }
    switch (ItemType.typeOf(high)) {
      case ItemType.INODE -> inode(current, high, offset, from, to);
      case ItemType.XATTR -> attributes(high, offset, to);
      case ItemType.DIRENT -> entries(current, high, offset, from, to);
      case ItemType.BACK_REFERENCE -> references(current, high, offset, from, to);
      case ItemType.SYMLINK -> current.hasTarget |= to != null;
      case ItemType.INLINE -> current.hasInline |= to != null;
      case ItemType.EXTENT -> extent(current, high, offset, from, to);
      default -> report(high, offset, "is of no known type");
    }
  }

  private void orphan(long high, long offset, byte @Nullable [] to) throws IOException {
    if (ItemType.typeOf(high) != ItemType.ORPHAN) {
      report(high, offset, "stands among the orphans");
    } else if (to != null) {
      Inode inode = tree.inode(offset);
      if (inode == null || inode.linkCount() != 0) {
        problems.add(place, "inode " + offset + " is listed as an orphan and is none");
      }
    }
  }

  private void inode(
      InodeChange current, long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
      throws IOException {
    if (offset != 0) {
      report(high, offset, "is not at offset 0");
      return;
    }
    current.hasInodeItem = true;
    current.before = from == null ? null : Inode.decode(current.number, from);
    inodes += (to == null ? 0 : 1) - (from == null ? 0 : 1);
    if (to != null) {
      totals.inodes++;
      if (current.number >= version.nextInode()) {
        problems.add(
            place,
            "inode %d is not below the next number, %d"
                .formatted(current.number, version.nextInode()));
      }
    }
  }

  private void attributes(long high, long offset, byte @Nullable [] to)
      throws CorruptStoreException {
    for (var name : XattrItem.decode(to).keySet()) {
      if (tree.hash().of(name) != offset) {
        report(high, offset, "has the attribute '" + name + "' under another hash than its own");
      }
    }
  }

  private void entries(
      InodeChange current, long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
      throws IOException {
    List<DirentItem.Entry> before = from == null ? List.of() : DirentItem.decode(from);
    List<DirentItem.Entry> after = to == null ? List.of() : DirentItem.decode(to);
    Set<Integer> slots = new HashSet<>();
    for (DirentItem.Entry entry : after) {
      current.hasEntries = true;
      current.entries++;
      current.directories += isDirectory(entry) ? 1 : 0;
      if (!slots.add(entry.slot())) {
        report(high, offset, "has slot " + entry.slot() + " twice");
      }
      if (!before.contains(entry)) {
        newEntry(current.number, offset, entry);
      }
    }
    for (DirentItem.Entry entry : before) {
      current.entries--;
      current.directories -= isDirectory(entry) ? 1 : 0;
      boolean isGone = after.stream().noneMatch(left -> isSame(left, entry));
      Reference reference = new Reference(current.number, entry.name());
      if (isGone && tree.hasReference(entry.inode(), reference)) {
        problems.add(
            place,
            "inode %d has the name '%s' in directory %d, which has it not"
                .formatted(entry.inode(), entry.name(), current.number));
      }
    }
  }

  private static boolean isDirectory(DirentItem.Entry entry) {
    return dev.brindle.store.FileMode.isDirectory(entry.mode());
  }

  private static boolean isSame(DirentItem.Entry left, DirentItem.Entry right) {
    return left.inode() == right.inode() && left.name().equals(right.name());
  }

  private void newEntry(long directory, long offset, DirentItem.Entry entry) throws IOException {
    String what = "the entry '%s' of directory %d".formatted(entry.name(), directory);
    Inode target = tree.inode(entry.inode());
    if (tree.hash().ofEntry(entry.name()) != offset) {
      problems.add(place, what + " stands under another hash than its own");
    }
    if (target == null) {
      problems.add(place, what + " leads to inode " + entry.inode() + ", which does not exist");
      return;
    }
    if ((target.mode() & dev.brindle.store.FileMode.TYPE_MASK) != entry.mode()) {
      problems.add(
          place,
          "%s says type %o, and inode %d has mode %o"
              .formatted(what, entry.mode(), entry.inode(), target.mode()));
    }
    if (!tree.hasReference(entry.inode(), new Reference(directory, entry.name()))) {
      problems.add(
          place, what + " leads to inode " + entry.inode() + ", which has no reference back");
    }
  }

  private void references(
      InodeChange current, long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
      throws IOException {
    List<Reference> before = from == null ? List.of() : BackReferenceItem.decode(from);
    List<Reference> after = to == null ? List.of() : BackReferenceItem.decode(to);
    for (Reference reference : after) {
      if (!before.contains(reference)) {
        current.hasNewName = true;
        if (tree.hash().of(reference.parent(), reference.name()) != offset) {
          report(high, offset, "has a reference under another hash than its own");
        }
        if (!leadsTo(reference, current.number)) {
          problems.add(
              place,
              "inode %d has the name '%s' in directory %d, which has it not"
                  .formatted(current.number, reference.name(), reference.parent()));
        }
      }
    }
    for (Reference reference : before) {
      if (!after.contains(reference) && leadsTo(reference, current.number)) {
        problems.add(
            place,
            "the entry '%s' of directory %d leads to inode %d, which has no reference back"
                .formatted(reference.name(), reference.parent(), current.number));
      }
    }
  }

  private boolean leadsTo(Reference reference, long inode) throws IOException {
    DirentItem.Entry entry = tree.entry(reference.parent(), reference.name());
    return entry != null && entry.inode() == inode;
  }

  private void extent(
      InodeChange current, long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
      throws IOException {
    if (from != null) {
      Extent before = Extent.decode(from);
      current.blocks -= before.blocks();
      space.extentBefore(before);
    }
    if (to != null) {
      Extent after = Extent.decode(to);
      current.hasExtents = true;
      current.blocks += after.blocks();
      totals.extents++;
      space.extentAfter(after);
      extentPlace(high, offset, after);
    }
  }

  private void extentPlace(long high, long offset, Extent extent) throws IOException {
    // the last block of the largest file ends at 2^63, which is behind what a long can say
    long left = Long.MAX_VALUE / Extent.BLOCK_BYTES + 1 - offset / Extent.BLOCK_BYTES;
    if (offset < 0 || offset % Extent.BLOCK_BYTES != 0 || extent.blocks() > left) {
      report(high, offset, "is an extent at an offset that is none: " + extent);
      return;
    }
    Item next = tree.next(high, offset + 1);
    if (next != null && next.offset() - offset < bytes(extent)) {
      report(high, offset, "is an extent that reaches into the next");
    }
    Item previous = offset == 0 ? null : tree.last(high, offset - 1);
    if (previous != null && offset - previous.offset() < bytes(Extent.decode(previous.value()))) {
      report(high, offset, "is an extent that the one before reaches into");
    }
  }

  private static long bytes(Extent extent) {
    return (long) extent.blocks() * Extent.BLOCK_BYTES;
  }

  private void report(long high, long offset, String how) {
    problems.add(
        place,
        "the item of type %d at offset %d of inode %d %s"
            .formatted(ItemType.typeOf(high), offset, ItemType.inodeOf(high), how));
  }
}
