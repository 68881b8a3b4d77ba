package dev.brindle.store.model;

import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Listing a directory while it changes. */
final class ListingOperations {
  private ListingOperations() {}

  /**
   * Reads a directory in pages and changes it in between. What is there all the time is listed
   * once; what is never there is not; the rest may be.
   */
  static void listUnderChange(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    ModelInode start = volume.tree().inodes().get(directory);
    if (start == null || !start.isDirectory()) {
      return;
    }
    WritableFileTree tree = lockstep.open(volume.id());
    List<PersistentMap<Name, Long>> states = new ArrayList<>(List.of(start.entries()));
    List<Listing.Entry> listed = new ArrayList<>();
    int page = 1 + pick.random().nextInt(4);
    while (true) {
      lockstep.note("list %d of directory %d".formatted(page, directory));
      List<Listing.Entry> next = Listing.page(tree, directory, Listing.cookie(listed), page);
      listed.addAll(next);
      if (next.isEmpty()) {
        break;
      }
      if (!pick.oneIn(3)) {
        change(lockstep, pick, volume.id(), directory);
        ModelInode now = lockstep.model().tree(volume.id()).inodes().get(directory);
        states.add(now.entries());
      }
    }
    verify(states, listed);
  }

  private static void change(Lockstep lockstep, Pick pick, long volume, long directory)
      throws IOException {
    ModelVolume now = lockstep.model().volume(volume);
    if (pick.oneIn(2)) {
      NamespaceOperations.create(lockstep, pick, now, directory, pick.name());
    } else {
      NamespaceOperations.unlink(lockstep, volume, directory, pick.entry(now.tree(), directory));
    }
  }

  private static void verify(List<PersistentMap<Name, Long>> states, List<Listing.Entry> listed) {
    Set<Name> ever = new HashSet<>();
    states.forEach(state -> state.forEach(entry -> ever.add(entry.getKey())));
    for (Listing.Entry entry : listed) {
      if (!ever.contains(entry.name())) {
        throw new AssertionError("listed " + entry.name() + ", which was never there");
      }
    }
    for (Map.Entry<Name, Long> entry : states.get(0)) {
      Name name = entry.getKey();
      long inode = entry.getValue();
      if (states.stream().allMatch(s -> s.get(name) != null && s.get(name) == inode)) {
        long times = listed.stream().filter(l -> l.name().equals(name)).count();
        InodeComparison.equal("how often " + name + " is listed", 1L, times);
      }
    }
  }
}
