package dev.brindle.store.model;

import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The operands of concurrent calls: few, so that the calls meet, and chosen from what is there
 * before the history begins or, by the numbers that come next, from what it will make.
 */
final class ConcurrentOperands {
  private static final List<Name> NAMES = List.of(Name.of("a"), Name.of("b"), Name.of("c"));
  private static final List<Name> VERSION_NAMES = List.of(Name.of("v"), Name.of("w"));

  private final ModelState state;
  private final Random random;

  ConcurrentOperands(ModelState state, Random random) {
    this.state = state;
    this.random = random;
  }

  boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  int upTo(int most) {
    return random.nextInt(most + 1);
  }

  <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  Name name() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  Name versionName() {
    return VERSION_NAMES.get(random.nextInt(VERSION_NAMES.size()));
  }

  ModelVolume main() {
    return state.volumes().at(0).getValue();
  }

  /** Mostly the first volume. */
  ModelVolume volume() {
    return oneIn(4) ? anyVolume() : main();
  }

  ModelVolume anyVolume() {
    return state.volumes().at(random.nextInt(state.volumes().size())).getValue();
  }

  /** A snapshot's version; of one that may not be when there is none. */
  long snapshot() {
    int count = state.snapshots().size();
    return count == 0 ? 1 : state.snapshots().at(random.nextInt(count)).getKey();
  }

  /** A volume's id, at times a snapshot's version. */
  long tree() {
    return oneIn(5) && !state.snapshots().isEmpty() ? snapshot() : volume().id();
  }

  private TreeState treeOf(long treeId) {
    ModelSnapshot snapshot = state.snapshots().get(treeId);
    ModelVolume volume = state.volumes().get(treeId);
    return snapshot != null ? snapshot.tree() : (volume == null ? main() : volume).tree();
  }

  long directory(long treeId) {
    return oneIn(3) ? FileTree.ROOT_INODE : inode(treeId, ModelInode::isDirectory);
  }

  long file(long treeId) {
    return inode(treeId, ModelInode::isRegular);
  }

  long inode(long treeId) {
    return inode(treeId, inode -> true);
  }

  private long inode(long treeId, Predicate<ModelInode> which) {
    TreeState tree = treeOf(treeId);
    List<Long> fitting = new ArrayList<>();
    for (Map.Entry<Long, ModelInode> entry : tree.inodes()) {
      if (which.test(entry.getValue())) {
        fitting.add(entry.getKey());
      }
    }
    return fitting.isEmpty() || oneIn(8)
        ? newInode(treeId)
        : fitting.get(random.nextInt(fitting.size()));
  }

  /** One of those that come next. */
  long newInode(long treeId) {
    return treeOf(treeId).highestInode() + 1 + random.nextInt(3);
  }

  /** In the first blocks of a file, often where one begins. */
  long offset() {
    return random.nextInt(3) * (long) SparseBytes.BLOCK + (oneIn(2) ? 0 : random.nextInt(4_000));
  }

  byte[] bytes() {
    byte[] bytes = new byte[1 + random.nextInt(oneIn(4) ? 6_000 : 40)];
    random.nextBytes(bytes);
    return bytes;
  }
}
