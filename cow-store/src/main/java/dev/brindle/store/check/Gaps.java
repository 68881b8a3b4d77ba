package dev.brindle.store.check;

import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.tree.TreeSurgery;
import dev.brindle.store.tree.TreeSurgery.Gap;
import dev.brindle.store.version.Version;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.ItemType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills gaps of a version's tree with what the versions under it still show of it. A leaf of theirs
 * that is not younger than the version was in its tree as it is; of a younger leaf, the extents
 * that are not younger were, also a part of one that reached from the gap into what is behind it.
 * So it gets back exactly what it had, and afterwards has everything that one under it shares with
 * it, without which no deadlist could say who owns what.
 */
final class Gaps {
  private static final long EXTENT_BYTES_MAX = (long) Extent.BLOCKS_MAX * Extent.BLOCK_BYTES;

  private final Version version;
  private final Tree tree;
  private final TreeSurgery surgery;
  private long items;

  Gaps(Version version, Tree tree, TreeSurgery surgery) {
    this.version = version;
    this.tree = tree;
    this.surgery = surgery;
  }

  /** How many items came back. */
  long items() {
    return items;
  }

  void fill(Gap gap, long childRoot) throws IOException {
    surgery.itemsIn(childRoot, gap, this::take);
    surgery.itemsIn(childRoot, gap.behind(EXTENT_BYTES_MAX), this::takeReachingOver);
  }

  /** The last extent in the gap was cut in two later, and its end has a key behind the gap. */
  private void takeReachingOver(long leafBorn, long high, long offset, byte[] value)
      throws IOException {
    if (ItemType.typeOf(high) == ItemType.EXTENT) {
      take(leafBorn, high, offset, value);
    }
  }

  private void take(long leafBorn, long high, long offset, byte[] value) throws IOException {
    boolean isExtent = ItemType.typeOf(high) == ItemType.EXTENT;
    if (isExtent && Extent.decode(value).born() <= version.id()) {
      takeExtent(high, offset, Extent.decode(value));
    } else if (!isExtent && leafBorn <= version.id() && tree.get(high, offset) == null) {
      tree.put(high, offset, value);
      items++;
    }
  }

  /** An extent, or what of it the tree has not yet: another version may have shown a part of it. */
  private void takeExtent(long high, long offset, Extent extent) throws IOException {
    long end = offset + (long) extent.blocks() * Extent.BLOCK_BYTES;
    long at = offset;
    for (Item there : overlapping(high, offset, end)) {
      put(high, offset, extent, at, Math.min(there.offset(), end));
      at = Math.max(at, endOf(there));
    }
    put(high, offset, extent, at, end);
  }

  private List<Item> overlapping(long high, long offset, long end) throws IOException {
    List<Item> found = new ArrayList<>();
    Item before = tree.floor(high, offset);
    if (before != null && before.high() == high && endOf(before) > offset) {
      found.add(before);
    }
    tree.forEach(
        high,
        offset + 1,
        high,
        end,
        (itemHigh, itemOffset, value) -> {
          found.add(new Item(itemHigh, itemOffset, value));
          return true;
        });
    return found;
  }

  private static long endOf(Item extent) throws IOException {
    return extent.offset() + (long) Extent.decode(extent.value()).blocks() * Extent.BLOCK_BYTES;
  }

  private void put(long high, long offset, Extent extent, long from, long end) throws IOException {
    if (from < end) {
      long first = (from - offset) / Extent.BLOCK_BYTES;
      long behind = (end - offset) / Extent.BLOCK_BYTES;
      tree.put(high, from, extent.slice(first, behind).encode());
      items++;
    }
  }
}
