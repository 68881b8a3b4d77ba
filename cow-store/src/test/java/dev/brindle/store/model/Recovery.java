package dev.brindle.store.model;

import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Finds the state of a {@link History} that a store came back in after a crash: the newest prefix
 * whose names and attributes are the store's and that allows each file's data.
 */
final class Recovery {
  private static final ModelTime NEVER = ModelTime.exactly(new Timestamp(0, 0));

  /**
   * What was found.
   *
   * @param state with the files' contents as they came back
   * @param index the last operation of the history that is in it
   */
  record Match(ModelState state, long index) {}

  private final VersionedStore store;
  private final History history;
  private final boolean live;
  private final List<String> refusals = new ArrayList<>();

  private Recovery(VersionedStore store, History history, boolean live) {
    this.store = store;
    this.history = history;
    this.live = live;
  }

  /**
   * Looks for the state.
   *
   * @throws AssertionError no allowed state is the store's; with the reason for each
   */
  static Match match(VersionedStore store, History history) throws IOException {
    return new Recovery(store, history, false).match();
  }

  /** The same for a store that goes on, and in whose buffers there is still something. */
  static Match matchLive(VersionedStore store, History history) throws IOException {
    return new Recovery(store, history, true).match();
  }

  private Match match() throws IOException {
    for (long index = history.index(); index >= history.oldestIndex(); index--) {
      try {
        return new Match(match(history.state(index).withoutOrphans(), index), index);
      } catch (AssertionError e) {
        refusals.add("state " + index + ": " + e.getMessage());
      }
    }
    throw new AssertionError(
        "the store came back in no state that its history allows; of the states %d..%d%n%s"
            .formatted(history.oldestIndex(), history.index(), String.join("\n", summary())));
  }

  private List<String> summary() {
    int count = refusals.size();
    if (count <= 20) {
      return refusals;
    }
    List<String> result = new ArrayList<>(refusals.subList(0, 10));
    result.add("...");
    result.addAll(refusals.subList(count - 10, count));
    return result;
  }

  private ModelState match(ModelState state, long index) throws IOException {
    catalogue(store, state);
    ModelState result = state;
    for (Map.Entry<Long, ModelVolume> entry : state.volumes()) {
      ModelVolume volume = entry.getValue();
      try {
        TreeState tree = tree(volume, store.open(volume.id()), index);
        result = result.with(volume.withTree(tree.givenOutTo(durablyGivenOut(volume.id()))));
      } catch (AssertionError e) {
        throw new AssertionError(state.fullName(volume.id()) + ": " + e.getMessage(), e);
      }
    }
    return result;
  }

  /** A file without a name that the crash took leaves no trace, and its number may come again. */
  private long durablyGivenOut(long volume) {
    ModelVolume durable = history.state(history.oldestIndex()).volumes().get(volume);
    return durable == null ? 0 : durable.tree().highestInode();
  }

  /** Compares volumes and snapshots by number, name and place. */
  static void catalogue(VersionedStore store, ModelState state) throws IOException {
    TreeSet<String> expected = new TreeSet<>();
    TreeSet<String> found = new TreeSet<>();
    for (Map.Entry<Long, ModelVolume> entry : state.volumes()) {
      ModelVolume volume = entry.getValue();
      expected.add("volume " + volume.id() + " " + state.fullName(volume.id()));
      for (ModelSnapshot snapshot : state.snapshotsOf(volume.id())) {
        expected.add(
            "snapshot " + snapshot.version() + " " + snapshot.name() + " of " + volume.id());
      }
    }
    for (VolumeInfo volume : store.volumes()) {
      found.add("volume " + volume.id() + " " + volume.fullName());
      for (SnapshotInfo snapshot : store.snapshots(volume.id())) {
        found.add(
            "snapshot " + snapshot.version() + " " + snapshot.name() + " of " + snapshot.volume());
      }
    }
    InodeComparison.equal("catalogue", expected, found);
  }

  private TreeState tree(ModelVolume volume, FileTree tree, long index) throws IOException {
    TreeState result = volume.tree();
    for (Map.Entry<Long, ModelInode> entry : volume.tree().inodes()) {
      // most states are others, and this is found without a look at any content
      Outcome<InodeAttributes> found = Outcome.of(() -> tree.getattr(entry.getKey()));
      InodeComparison.equal("inode " + entry.getKey() + " is there", true, found.succeeded());
      InodeComparison.identity(entry.getValue(), found.value());
    }
    for (Map.Entry<Long, ModelInode> entry : volume.tree().inodes()) {
      ModelInode expected = entry.getValue();
      try {
        InodeAttributes actual = tree.getattr(expected.number());
        FileHistory file = history.file(volume.id(), expected.number());
        if (file == null) {
          InodeComparison.attributes(expected, actual);
        } else {
          ModelInode found = came(tree, expected, actual, file, index);
          result = result.with(found);
        }
      } catch (IOException | AssertionError e) {
        throw new AssertionError(
            "%s (inode %d): %s"
                .formatted(
                    volume.tree().path(expected.number()), expected.number(), e.getMessage()),
            e);
      }
    }
    TreeComparison.compare(tree, result, !live, !live);
    return result;
  }

  /** The inode as it came back, after a check that its history allows that. */
  private static ModelInode came(
      FileTree tree, ModelInode expected, InodeAttributes actual, FileHistory file, long index)
      throws IOException {
    InodeComparison.identity(expected, actual);
    List<ModelInode> past = new ArrayList<>(file.inodes(index));
    past.add(expected);
    InodeComparison.equal("mode", expected.mode(), actual.mode());
    anyTime("access time", past, ModelInode::accessTime, actual.accessTime());
    anyTime("modification time", past, ModelInode::modificationTime, actual.modificationTime());
    anyTime("change time", past, ModelInode::changeTime, actual.changeTime());
    ModelInode found =
        expected
            .accessed(ModelTime.exactly(actual.accessTime()))
            .modified(ModelTime.exactly(actual.modificationTime()))
            .changed(ModelTime.exactly(actual.changeTime()));
    if (!expected.isRegular()) {
      return found;
    }
    SparseBytes content = read(tree, actual, file);
    String problem = file.refuse(content, index);
    if (problem != null) {
      throw new AssertionError(problem);
    }
    return found.withContent(content);
  }

  private static void anyTime(
      String what, List<ModelInode> past, Function<ModelInode, ModelTime> time, Timestamp actual) {
    if (past.stream().noneMatch(inode -> time.apply(inode).contains(actual))) {
      throw new AssertionError(
          "%s: expected one of %s, found %s"
              .formatted(what, past.stream().map(time).toList(), actual.toInstant()));
    }
  }

  /** Reads all blocks that the file had in any state; the comparison of the tree tries the rest. */
  private static SparseBytes read(FileTree tree, InodeAttributes actual, FileHistory file)
      throws IOException {
    SparseBytes content = SparseBytes.EMPTY.resize(actual.size());
    TreeSet<Long> written = new TreeSet<>();
    TreeSet<Long> allocated = new TreeSet<>();
    for (SparseBytes state : file.contents()) {
      state.written().forEach(block -> written.add(block.getKey()));
      state.allocated().forEach(block -> allocated.add(block.getKey()));
    }
    ModelInode probe = ModelInode.fresh(actual.inode(), actual.mode(), 0, 0, NEVER);
    for (long block : written) {
      long start = block * SparseBytes.BLOCK;
      if (start < actual.size()) {
        int length = (int) Math.min(SparseBytes.BLOCK, actual.size() - start);
        content = content.write(start, InodeComparison.bytes(tree, probe, start, length));
      }
    }
    for (long block : allocated) {
      content = content.allocate(block * SparseBytes.BLOCK, SparseBytes.BLOCK, true);
    }
    return content;
  }
}
