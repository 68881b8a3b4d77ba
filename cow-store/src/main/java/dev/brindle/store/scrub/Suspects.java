package dev.brindle.store.scrub;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.DirentItem;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.ItemType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Inodes that damage may belong to. Those of damaged blocks are found by their extents. Those below
 * a damaged node are found by the entries that lead to them, since their own items may all be lost.
 */
final class Suspects {
  private final Damage damage;
  private final Set<Long> ofBlocks = new LinkedHashSet<>();
  private final Map<Long, List<Reference>> ofNodes = new LinkedHashMap<>();

  Suspects(Damage damage) {
    this.damage = damage;
  }

  /** Takes an item of the first walk, which looks for damaged blocks. */
  void noteExtent(long high, long offset, byte[] value) {
    if (!damage.hasBlocks() || ItemType.typeOf(high) != ItemType.EXTENT) {
      return;
    }
    try {
      Extent extent = Extent.decode(value);
      if (!extent.unwritten() && !damage.blocks(extent.address(), extent.blocks()).isEmpty()) {
        ofBlocks.add(ItemType.inodeOf(high));
      }
    } catch (CorruptStoreException e) {
      damage.other("inode " + ItemType.inodeOf(high) + ": " + e.getMessage());
    }
  }

  /** Takes an item of the second walk, which looks for the names of what damaged nodes hold. */
  void noteEntry(long high, long offset, byte[] value) {
    if (ItemType.typeOf(high) != ItemType.DIRENT) {
      return;
    }
    try {
      for (DirentItem.Entry entry : DirentItem.decode(value)) {
        if (damage.isSuspect(entry.inode())) {
          List<Reference> names = ofNodes.computeIfAbsent(entry.inode(), i -> new ArrayList<>(1));
          Reference name = new Reference(ItemType.inodeOf(high), entry.name());
          if (!names.contains(name)) {
            names.add(name);
          }
        }
      }
    } catch (CorruptStoreException e) {
      damage.other("directory " + ItemType.inodeOf(high) + ": " + e.getMessage());
    }
  }

  Set<Long> ofBlocks() {
    return ofBlocks;
  }

  /** With the names by which they were found; the root has none. */
  Map<Long, List<Reference>> ofNodes() {
    Map<Long, List<Reference>> all = new LinkedHashMap<>(ofNodes);
    if (damage.isSuspect(FileTree.ROOT_INODE)) {
      all.put(FileTree.ROOT_INODE, List.of(new Reference(FileTree.ROOT_INODE, ROOT_NAME)));
    }
    return all;
  }

  static final Name ROOT_NAME = Name.of(".");
}
