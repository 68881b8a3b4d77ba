package dev.brindle.store.volume;

import dev.brindle.store.Name;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the names of one inode differ in two trees. A name that it lost and one that it won are a
 * renaming; those of the same path are none: the file is where it was, in a directory that was made
 * anew.
 *
 * @param renamed the new names with the old ones
 * @param lost names of the first tree that it has no more
 * @param won names that it has in the second tree only
 */
record NameChange(Map<Reference, Reference> renamed, Set<Reference> lost, Set<Reference> won) {
  static final NameChange NONE = new NameChange(Map.of(), Set.of(), Set.of());

  static NameChange of(long inode, TreeView from, TreeView to, PathLookup before, PathLookup after)
      throws IOException {
    Set<Reference> lost = new LinkedHashSet<>(from.references(inode));
    Set<Reference> won = new LinkedHashSet<>(to.references(inode));
    Set<Reference> kept = new HashSet<>(lost);
    kept.retainAll(won);
    lost.removeAll(kept);
    won.removeAll(kept);
    if (lost.isEmpty() || won.isEmpty()) {
      return new NameChange(Map.of(), lost, won);
    }
    removeSamePaths(lost, before, won, after);
    return new NameChange(takeRenamed(lost, won), lost, won);
  }

  private static void removeSamePaths(
      Set<Reference> lost, PathLookup before, Set<Reference> won, PathLookup after)
      throws IOException {
    Map<Name, Reference> paths = new HashMap<>();
    for (Reference name : won) {
      Name path = after.path(name);
      if (path != null) {
        paths.put(path, name);
      }
    }
    for (Reference name : List.copyOf(lost)) {
      Reference same = paths.get(before.path(name));
      if (same != null) {
        lost.remove(name);
        won.remove(same);
      }
    }
  }

  private static Map<Reference, Reference> takeRenamed(Set<Reference> lost, Set<Reference> won) {
    Map<Reference, Reference> renamed = new LinkedHashMap<>();
    List<Reference> oldNames = new ArrayList<>(lost);
    List<Reference> newNames = new ArrayList<>(won);
    for (int i = 0; i < Math.min(oldNames.size(), newNames.size()); i++) {
      renamed.put(newNames.get(i), oldNames.get(i));
    }
    lost.removeAll(renamed.values());
    won.removeAll(renamed.keySet());
    return renamed;
  }
}
