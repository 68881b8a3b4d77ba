package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Index;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.TreeTops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes anew what it can of tables that have lost rows, so that what is left can be loaded and
 * repaired. The package's comment says what is derived from what.
 */
final class CatalogueSalvage {
  private final CatalogueTables tables;
  private final Index index;
  private final NodeStore nodes;
  private final Lineage lineage;
  private final LongPredicate isFileTree;
  private final TreeMap<Long, VersionRow> versions = new TreeMap<>();
  private final List<String> deeds = new ArrayList<>();
  private RowFormat.Counters counters = new RowFormat.Counters(1, 1, 0);

  /**
   * @param isFileTree says whether the tree below a root is a volume's or snapshot's, and whole at
   *     its beginning
   */
  CatalogueSalvage(
      CatalogueTables tables,
      Index index,
      NodeStore nodes,
      ExtentFinder extents,
      LongPredicate isFileTree) {
    this.tables = tables;
    this.index = index;
    this.nodes = nodes;
    this.lineage = new Lineage(nodes, extents);
    this.isFileTree = isFileTree;
  }

  /** Returns a sentence for each thing that was made anew or lost. */
  List<String> run() throws IOException {
    tables.counters().forEach((key, row) -> counters = RowFormat.decodeCounters(row));
    tables.versions().forEach((id, row) -> versions.put(id, RowFormat.decodeVersion(id, row)));
    VolumeSalvage volumes = new VolumeSalvage(versions, deeds);
    tables.volumes().forEach((id, row) -> volumes.add(RowFormat.decodeVolume(id, row)));
    TreeSet<Long> lost = volumes.missingHeads();
    for (VersionRow version : versions.values()) {
      if (version.parent() != 0 && !versions.containsKey(version.parent())) {
        lost.add(version.parent());
      }
    }
    Map<Long, Long> roots = assignTops(lost);
    for (long id : lost) {
      Long root = roots.get(id);
      restore(id, root == null ? rootOfChild(id) : root, volumes);
    }
    volumes.restore(this::number);
    write(volumes);
    return deeds;
  }

  /** A number that no version and no volume has. */
  private long number() {
    long number = Math.max(counters.nextNumber(), versions.isEmpty() ? 1 : versions.lastKey() + 1);
    counters = new RowFormat.Counters(number + 1, counters.nextList(), counters.spaceRoot());
    return number;
  }

  // ---- Versions

  /**
   * Says which of the roots that nothing refers to is which lost version's. One that was born in a
   * lost version, or in one of which nothing is known, is that one's. Any other is that of a
   * version that came later and changed nothing, which its children tell.
   */
  private Map<Long, Long> assignTops(TreeSet<Long> lost) throws IOException {
    BitSet known = new BitSet();
    versions.values().forEach(version -> known.set((int) version.root()));
    Map<Long, Long> tops = TreeTops.find(index, nodes, known);
    tops.keySet().removeIf(root -> !isFileTree.test(root));
    Map<Long, Long> roots = new TreeMap<>();
    tops.entrySet()
        .removeIf(top -> lost.contains(top.getValue()) && put(roots, top.getValue(), top.getKey()));
    for (Map.Entry<Long, Long> top : tops.entrySet()) {
      long born = top.getValue();
      Long id = lostParentOf(top.getKey(), lost.tailSet(born), roots);
      if (id == null && !versions.containsKey(born)) {
        id = born;
      }
      if (id == null || !put(roots, id, top.getKey())) {
        deeds.add(
            "the tree below node %d, of version %d, could not be given to a version"
                .formatted(top.getKey(), born));
      } else {
        lost.add(id);
      }
    }
    return roots;
  }

  private static boolean put(Map<Long, Long> roots, long id, long root) {
    return roots.putIfAbsent(id, root) == null;
  }

  /** The version all of whose children come after a tree; null when there is none. */
  private @Nullable Long lostParentOf(long root, Iterable<Long> ids, Map<Long, Long> roots)
      throws IOException {
    for (long id : ids) {
      List<VersionRow> children = children(id);
      boolean fits = !children.isEmpty() && !roots.containsKey(id);
      for (VersionRow child : children) {
        fits = fits && lineage.comesAfter(child.root(), id, root);
      }
      if (fits) {
        return id;
      }
    }
    return null;
  }

  /** A child that has changed nothing since has its parent's root; 0 when there is none. */
  private long rootOfChild(long id) throws IOException {
    for (VersionRow child : children(id)) {
      try {
        if (child.root() != 0 && TreeTops.birth(nodes, child.root()) <= id) {
          return child.root();
        }
      } catch (CorruptStoreException e) {
        // Another child may tell.
      }
    }
    return 0;
  }

  private List<VersionRow> children(long id) {
    return versions.values().stream().filter(version -> version.parent() == id).toList();
  }

  private void restore(long id, long root, VolumeSalvage volumes) throws IOException {
    if (root == 0) {
      giveUp(id);
      return;
    }
    long parent = lineage.parentOf(root, olderThan(id));
    VersionRow restored =
        volumes.describe(id, parent, children(id), root, largestInode(), this::number);
    versions.put(id, restored);
    deeds.add("version %d, whose row was lost, was made anew from its tree".formatted(id));
  }

  /** What came after the version comes after an older one from now on. */
  private void giveUp(long id) throws IOException {
    for (VersionRow child : children(id)) {
      versions.put(child.id(), child.under(lineage.parentOf(child.root(), olderThan(id))));
    }
    deeds.add("version %d, whose row and root were lost, was given up".formatted(id));
  }

  private Iterable<VersionRow> olderThan(long id) {
    return versions.headMap(id, false).descendingMap().values();
  }

  private long largestInode() {
    return versions.values().stream().mapToLong(VersionRow::nextInode).max().orElse(1);
  }

  // ---- The end

  private void write(VolumeSalvage volumes) throws IOException {
    for (VersionRow version : versions.values()) {
      tables.versions().put(version.id(), RowFormat.encode(version));
    }
    for (long gone : volumes.gone()) {
      tables.volumes().remove(gone);
    }
    for (RowFormat.VolumeRow volume : volumes.rows()) {
      tables.volumes().put(volume.id(), RowFormat.encode(volume));
    }
    long next = Math.max(number(), volumes.largestId() + 1);
    counters = new RowFormat.Counters(next, nextList(), counters.spaceRoot());
    tables.counters().put(RowFormat.COUNTERS_KEY, RowFormat.encode(counters));
  }

  private long nextList() {
    long next = counters.nextList();
    for (VersionRow version : versions.values()) {
      next = Math.max(next, 1 + Math.max(version.list(), version.mergedList()));
    }
    return next;
  }
}
