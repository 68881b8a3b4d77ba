package dev.brindle.store.check;

import dev.brindle.store.FileTree;
import dev.brindle.store.check.TreeContents.Malformed;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Makes the items of one version's tree obey the rules again that {@link TreeRules} and {@link
 * InodeRules} verify. Content whose inode is lost gets a plain one; names come from entries and
 * references back; counts are made anew.
 */
final class TreeRepair {
  private final Tree tree;
  private final NameHash hash;
  private final Consumer<String> deeds;
  private final LongSupplier numbers;
  private final TreeContents contents;

  TreeRepair(Tree tree, NameHash hash, Consumer<String> deeds, LongSupplier numbers)
      throws IOException {
    this.tree = tree;
    this.hash = hash;
    this.deeds = deeds;
    this.numbers = numbers;
    this.contents = TreeContents.read(tree, hash);
  }

  /** The largest number of an inode that the tree has something of; 0 for none. */
  long largestInode() {
    return contents.inodes.isEmpty() ? 0 : contents.inodes.lastKey();
  }

  /** Returns the number of inodes that the tree holds afterwards. */
  long run() throws IOException {
    for (Malformed item : contents.malformed) {
      remove(item.high(), item.offset(), item.how());
    }
    supplyRoot();
    for (FoundInode found : List.copyOf(contents.inodes.values())) {
      supplyInode(found);
    }
    for (FoundInode found : contents.inodes.values()) {
      removeForeignContent(found);
    }
    new NameRepair(tree, hash, contents, deeds, numbers).run();
    for (FoundInode found : contents.inodes.values()) {
      writeInode(found);
    }
    listOrphans();
    return contents.inodes.size();
  }

  private void remove(long high, long offset, String how) throws IOException {
    tree.remove(high, offset);
    deeds.accept(
        "the item of type %d at offset %d of inode %d was removed: it %s"
            .formatted(ItemType.typeOf(high), offset, ItemType.inodeOf(high), how));
  }

  private void supplyRoot() throws IOException {
    FoundInode root = contents.inodes.computeIfAbsent(FileTree.ROOT_INODE, FoundInode::new);
    if (root.inode != null && !root.isDirectory()) {
      removeAll(root.number);
      root.inode = null;
    }
  }

  private void supplyInode(FoundInode found) throws IOException {
    if (found.inode != null && !isTargetLost(found)) {
      return;
    }
    boolean isRoot = found.number == FileTree.ROOT_INODE;
    if (found.inode == null && found.make(isRoot)) {
      deeds.accept(
          "inode %d lost its owner, mode and times: it got new ones, mode %o"
              .formatted(found.number, found.present().mode()));
    } else {
      removeAll(found.number);
      contents.inodes.remove(found.number);
      deeds.accept("what was left of inode %d was removed".formatted(found.number));
    }
  }

  /** A symlink without a target is nothing. */
  private static boolean isTargetLost(FoundInode found) {
    return found.present().isSymlink() && found.targetBytes < 0 && found.present().linkCount() > 0;
  }

  private void removeAll(long inode) throws IOException {
    List<long[]> keys = new ArrayList<>();
    tree.forEach(
        ItemType.high(inode, 0),
        0,
        ItemType.high(inode + 1, 0),
        0,
        (high, offset, value) -> keys.add(new long[] {high, offset}));
    for (long[] key : keys) {
      tree.remove(key[0], key[1]);
    }
  }

  /** Content that an inode of its kind does not have. */
  private void removeForeignContent(FoundInode found) throws IOException {
    boolean isRegular = found.present().isRegular();
    boolean isInlineTwice = found.inlineBytes >= 0 && found.hasExtentAtStart;
    if (found.inlineBytes >= 0 && (!isRegular || isInlineTwice)) {
      remove(ItemType.high(found.number, ItemType.INLINE), 0, "is content of another kind");
      found.inlineBytes = -1;
    }
    if (found.targetBytes >= 0 && !found.present().isSymlink()) {
      remove(ItemType.high(found.number, ItemType.SYMLINK), 0, "is content of another kind");
      found.targetBytes = -1;
    }
  }

  private void writeInode(FoundInode found) throws IOException {
    byte[] correction = found.correction();
    if (correction == null) {
      return;
    }
    tree.put(ItemType.high(found.number, ItemType.INODE), 0, correction);
    if (!found.isMade) {
      deeds.accept(
          "inode %d: links %d, size %d, blocks %d became %d, %d, %d"
              .formatted(
                  found.number,
                  found.present().linkCount(),
                  found.present().size(),
                  found.present().blocks(),
                  found.expectedLinks(),
                  found.expectedSize(),
                  found.present().isRegular() ? found.blocks : 0));
    }
  }

  private void listOrphans() throws IOException {
    long high = ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN);
    for (long listed : contents.orphans) {
      FoundInode found = contents.find(listed);
      if (found == null || !found.isOrphan()) {
        tree.remove(high, listed);
        deeds.accept("inode %d is no longer listed as an orphan".formatted(listed));
      }
    }
    for (FoundInode found : contents.inodes.values()) {
      if (found.isOrphan() && !contents.orphans.contains(found.number)) {
        tree.put(high, found.number, new byte[0]);
        deeds.accept("inode %d is listed as an orphan".formatted(found.number));
      }
    }
  }
}
