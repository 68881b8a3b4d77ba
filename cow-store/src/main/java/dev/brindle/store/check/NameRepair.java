package dev.brindle.store.check;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.check.TreeContents.Entries;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.volume.BackReferenceItem;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.DirentItem;
import dev.brindle.store.volume.Inode;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the names of a tree one with its inodes. An entry and the reference back say the same: what
 * one of them has lost the other gives back. What has lost both goes to {@code lost+found}.
 */
final class NameRepair {
  private static final String LOST_AND_FOUND = "lost+found";

  private final Tree tree;
  private final NameHash hash;
  private final TreeContents contents;
  private final Consumer<String> deeds;
  private final LongSupplier numbers;
  private final Map<Long, Map<Name, Long>> directories = new HashMap<>();

  /**
   * @param numbers gives the numbers of new inodes
   */
  NameRepair(
      Tree tree,
      NameHash hash,
      TreeContents contents,
      Consumer<String> deeds,
      LongSupplier numbers) {
    this.tree = tree;
    this.hash = hash;
    this.contents = contents;
    this.deeds = deeds;
    this.numbers = numbers;
  }

  void run() throws IOException {
    for (Entries item : contents.entries) {
      keepEntries(item);
    }
    for (FoundInode found : contents.inodes.values()) {
      restoreEntries(found);
    }
    for (FoundInode lost : withoutWayUp()) {
      putIntoLostAndFound(lost);
    }
    for (FoundInode found : contents.inodes.values()) {
      writeReferences(found);
      for (Reference name : found.names) {
        FoundInode parent = contents.existing(name.parent());
        parent.entries++;
        parent.directories += found.isDirectory() ? 1 : 0;
      }
    }
  }

  // ---- Entries

  private void keepEntries(Entries item) throws IOException {
    List<DirentItem.Entry> kept = new ArrayList<>();
    Set<Integer> slots = new HashSet<>();
    for (DirentItem.Entry entry : item.entries()) {
      DirentItem.Entry right = corrected(item, entry);
      if (right != null && slots.add(right.slot())) {
        kept.add(right);
        enter(item.directory(), right.name(), right.inode());
      }
    }
    if (kept.equals(item.entries())) {
      return;
    }
    long high = ItemType.high(item.directory(), ItemType.DIRENT);
    if (kept.isEmpty()) {
      tree.remove(high, item.offset());
    } else {
      tree.put(high, item.offset(), DirentItem.encode(kept));
    }
  }

  /** The entry as it may stay, or null. */
  private DirentItem.@Nullable Entry corrected(Entries item, DirentItem.Entry entry) {
    FoundInode target = contents.find(entry.inode());
    String what =
        "the entry '%s' of directory %d, to inode %d,"
            .formatted(entry.name(), item.directory(), entry.inode());
    if (target == null) {
      deeds.accept(what + " was removed: the inode is lost");
      return null;
    }
    FoundInode directory = contents.find(item.directory());
    boolean isPossible =
        directory != null
            && directory.isDirectory()
            && target.number != FileTree.ROOT_INODE
            && hash.ofEntry(entry.name()) == item.offset()
            && !namesIn(item.directory()).containsKey(entry.name())
            && (!target.isDirectory() || target.names.isEmpty());
    if (!isPossible) {
      deeds.accept(what + " was removed: it breaks the rules of entries");
      return null;
    }
    if (entry.mode() == target.type()) {
      return entry;
    }
    deeds.accept(what + " got the type of the inode");
    return new DirentItem.Entry(entry.slot(), entry.inode(), target.type(), entry.name());
  }

  private Map<Name, Long> namesIn(long directory) {
    return directories.computeIfAbsent(directory, unknown -> new HashMap<>());
  }

  private void enter(long directory, Name name, long inode) {
    namesIn(directory).put(name, inode);
    contents.existing(inode).names.add(new Reference(directory, name));
  }

  private void restoreEntries(FoundInode found) throws IOException {
    for (Reference reference : found.references) {
      FoundInode parent = contents.find(reference.parent());
      if (parent != null
          && parent.isDirectory()
          && found.number != FileTree.ROOT_INODE
          && !namesIn(parent.number).containsKey(reference.name())
          && (!found.isDirectory() || found.names.isEmpty())) {
        addEntry(parent.number, reference.name(), found);
        deeds.accept(
            "the entry '%s' of directory %d was restored: inode %d says that it has that name"
                .formatted(reference.name(), parent.number, found.number));
      }
    }
  }

  private void addEntry(long directory, Name name, FoundInode target) throws IOException {
    long high = ItemType.high(directory, ItemType.DIRENT);
    long offset = hash.ofEntry(name);
    byte[] item = DirentItem.with(tree.get(high, offset), name, target.number, target.type());
    tree.put(high, offset, item);
    enter(directory, name, target.number);
  }

  // ---- What cannot be reached

  /** Inodes without a name; and of directories that lead to each other alone, one. */
  private List<FoundInode> withoutWayUp() throws IOException {
    Set<Long> reached = new HashSet<>();
    List<FoundInode> lost = new ArrayList<>();
    reach(FileTree.ROOT_INODE, reached);
    for (FoundInode found : contents.inodes.values()) {
      boolean isLost =
          found.names.isEmpty() && !found.isOrphan() && found.number != FileTree.ROOT_INODE;
      if (isLost) {
        lost.add(found);
        reach(found.number, reached);
      }
    }
    for (FoundInode found : contents.inodes.values()) {
      if (found.isDirectory() && !found.isOrphan() && !reached.contains(found.number)) {
        detach(found);
        lost.add(found);
        reach(found.number, reached);
      }
    }
    return lost;
  }

  private void reach(long from, Set<Long> reached) {
    Deque<Long> next = new ArrayDeque<>(List.of(from));
    while (!next.isEmpty()) {
      long directory = next.remove();
      if (reached.add(directory)) {
        next.addAll(directories.getOrDefault(directory, Map.of()).values());
      }
    }
  }

  private void detach(FoundInode found) throws IOException {
    for (Reference name : found.names) {
      long high = ItemType.high(name.parent(), ItemType.DIRENT);
      long offset = hash.ofEntry(name.name());
      byte[] item = tree.get(high, offset);
      byte[] left = item == null ? null : DirentItem.without(item, name.name());
      if (left == null) {
        tree.remove(high, offset);
      } else {
        tree.put(high, offset, left);
      }
      namesIn(name.parent()).remove(name.name());
    }
    found.names.clear();
  }

  private void putIntoLostAndFound(FoundInode lost) throws IOException {
    long directory = lostAndFound();
    String name = "#" + lost.number;
    while (namesIn(directory).containsKey(Name.of(name))) {
      name += "-";
    }
    addEntry(directory, Name.of(name), lost);
    deeds.accept("inode %d was put into %s as %s".formatted(lost.number, LOST_AND_FOUND, name));
  }

  /** The directory for what is found, in the root; made when there is none. */
  private long lostAndFound() throws IOException {
    String name = LOST_AND_FOUND;
    Long there = namesIn(FileTree.ROOT_INODE).get(Name.of(name));
    while (there != null && !contents.existing(there).isDirectory()) {
      name += "-";
      there = namesIn(FileTree.ROOT_INODE).get(Name.of(name));
    }
    if (there != null) {
      return there;
    }
    FoundInode made = new FoundInode(numbers.getAsLong());
    made.inode = Inode.made(made.number, FileMode.DIRECTORY | 0700, 0, Timestamp.now());
    made.isMade = true;
    contents.inodes.put(made.number, made);
    addEntry(FileTree.ROOT_INODE, Name.of(name), made);
    return made.number;
  }

  // ---- References back

  private void writeReferences(FoundInode found) throws IOException {
    boolean isRight =
        !found.isReferenceMisplaced
            && found.references.size() == found.names.size()
            && found.names.containsAll(found.references);
    if (isRight) {
      return;
    }
    long high = ItemType.high(found.number, ItemType.BACK_REFERENCE);
    for (Item item = tree.ceiling(high, 0);
        item != null && item.high() == high;
        item = tree.ceiling(high, 0)) {
      tree.remove(high, item.offset());
    }
    for (Reference name : found.names) {
      long offset = hash.of(name.parent(), name.name());
      tree.put(high, offset, BackReferenceItem.with(tree.get(high, offset), name));
    }
    deeds.accept("the references back of inode %d were made anew".formatted(found.number));
  }
}
