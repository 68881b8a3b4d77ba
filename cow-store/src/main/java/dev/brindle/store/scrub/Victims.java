package dev.brindle.store.scrub;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.DirentItem;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import dev.brindle.store.volume.TreeView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The damaged files of one version, which does not change meanwhile. */
final class Victims {
  private final TreeReader tree;
  private final TreeView view;
  private final NameHash hash;
  private final Damage damage;
  private final String volume;
  private final @Nullable Name snapshot;
  private final Consumer<DamagedFile> sink;

  Victims(
      TreeReader tree,
      NameHash hash,
      Damage damage,
      String volume,
      @Nullable Name snapshot,
      Consumer<DamagedFile> sink) {
    this.tree = tree;
    this.view = new TreeView(tree, hash);
    this.hash = hash;
    this.damage = damage;
    this.volume = volume;
    this.snapshot = snapshot;
    this.sink = sink;
  }

  /** A file some of whose blocks may be damaged: tells which of them are, in runs. */
  void ofBlocks(long inode) throws IOException {
    TreeMap<Long, String> bad = new TreeMap<>();
    long high = ItemType.high(inode, ItemType.EXTENT);
    try {
      tree.forEach(
          high,
          0,
          high + 1,
          0,
          (itemHigh, offset, value) -> {
            Extent extent = Extent.decode(value);
            if (!extent.unwritten()) {
              damage
                  .blocks(extent.address(), extent.blocks())
                  .forEach(
                      (address, cause) ->
                          bad.put(offset / Extent.BLOCK_BYTES + address - extent.address(), cause));
            }
            return true;
          });
    } catch (CorruptStoreException e) {
      // The rest of the extents is below a damaged node, which is told by itself.
    }
    tell(inode, bad);
  }

  private void tell(long inode, TreeMap<Long, String> bad) throws IOException {
    Iterator<Map.Entry<Long, String>> blocks = bad.entrySet().iterator();
    Map.Entry<Long, String> next = blocks.hasNext() ? blocks.next() : null;
    while (next != null) {
      Map.Entry<Long, String> first = next;
      long end = first.getKey();
      while (next != null && next.getKey() == end) {
        end++;
        next = blocks.hasNext() ? blocks.next() : null;
      }
      long start = first.getKey() * Extent.BLOCK_BYTES;
      tell(inode, List.of(), start, end * Extent.BLOCK_BYTES - start, first.getValue());
    }
  }

  /**
   * An inode whose items may be below a damaged node: tells from where on they are.
   *
   * @param names by which other versions or this one lead to it
   */
  void ofNodes(long inode, List<Reference> names) throws IOException {
    List<Reference> here = new ArrayList<>();
    for (Reference name : names) {
      if (leadsTo(name, inode)) {
        here.add(name);
      }
    }
    if (here.isEmpty() && !names.isEmpty()) {
      return;
    }
    long[] readable = {0};
    try {
      tree.forEach(
          ItemType.high(inode, 0),
          0,
          ItemType.high(inode + 1, 0),
          0,
          (high, offset, value) -> {
            if (ItemType.typeOf(high) == ItemType.EXTENT) {
              long bytes = (long) Extent.decode(value).blocks() * Extent.BLOCK_BYTES;
              readable[0] = Math.max(readable[0], offset + bytes);
            }
            return true;
          });
    } catch (CorruptStoreException e) {
      tell(inode, here, readable[0], -1, String.valueOf(e.getMessage()));
    }
  }

  private boolean leadsTo(Reference name, long inode) throws IOException {
    if (inode == FileTree.ROOT_INODE) {
      return true;
    }
    try {
      long high = ItemType.high(name.parent(), ItemType.DIRENT);
      byte[] item = tree.get(high, hash.ofEntry(name.name()));
      return item != null
          && DirentItem.decode(item).stream()
              .anyMatch(e -> e.inode() == inode && e.name().equals(name.name()));
    } catch (CorruptStoreException e) {
      // The directory is damaged as well, and told by itself.
      return false;
    }
  }

  private void tell(long inode, List<Reference> known, long offset, long length, String cause)
      throws IOException {
    boolean told = false;
    for (Reference name : known.isEmpty() ? references(inode) : known) {
      Name path = path(name);
      sink.accept(new DamagedFile(volume, snapshot, path, inode, offset, length, cause));
      told = true;
    }
    if (!told) {
      sink.accept(new DamagedFile(volume, snapshot, null, inode, offset, length, cause));
    }
  }

  private List<Reference> references(long inode) throws IOException {
    try {
      return view.references(inode);
    } catch (CorruptStoreException e) {
      return List.of();
    }
  }

  private @Nullable Name path(Reference name) throws IOException {
    try {
      return name.parent() == FileTree.ROOT_INODE && name.name().equals(Suspects.ROOT_NAME)
          ? Suspects.ROOT_NAME
          : view.path(name);
    } catch (CorruptStoreException e) {
      return null;
    }
  }
}
