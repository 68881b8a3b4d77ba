package dev.brindle.store.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionTree;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.OpenStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule, broken by hand below the store's own code, is found. */
class CheckFindsTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withCheckpointIntervalMillis(3_600_000);

  @TempDir Path directory;
  private Store store;
  private OpenStore parts;
  private Version head;
  private Tree tree;
  private long subdirectory;
  private long file;

  @BeforeEach
  void createStore() throws IOException {
    Store.create(directory, OPTIONS);
    store = Store.open(directory, OPTIONS);
    parts = store.parts();
    long volume = store.createVolume(Name.of("main"), 1, 1).id();
    WritableFileTree files = store.open(volume);
    subdirectory = files.mkdir(FileTree.ROOT_INODE, Name.of("d"), 0755, 1, 1).inode();
    file = files.create(subdirectory, Name.of("f"), FileMode.REGULAR | 0644, 1, 1, 0).inode();
    files.write(file, 0, ByteBuffer.allocate(40_960));
    files.symlink(FileTree.ROOT_INODE, Name.of("l"), new byte[] {'t'}, 1, 1);
    store.createSnapshot(volume, Name.of("s"));
    files.write(file, 8192, ByteBuffer.allocate(4096));
    assertEquals(List.of(), Check.run(store, true).problems());
    head = parts.catalogue().head(volume);
    tree = new Tree(parts.nodes(), parts.versions().ownership(head), head.root());
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  private void assertFound(String... sentences) throws IOException {
    head.setRoot(tree.root());
    List<String> problems = Check.run(store, true).problems();
    for (String sentence : sentences) {
      assertTrue(
          problems.stream().anyMatch(problem -> problem.contains(sentence)),
          () -> "'" + sentence + "' is not in " + problems);
    }
  }

  private Item only(long inode, int type) throws IOException {
    return tree.ceiling(ItemType.high(inode, type), 0);
  }

  private void remove(Item item) throws IOException {
    tree.remove(item.high(), item.offset());
  }

  private void putInode(long inode, int at, long value, int bytes) throws IOException {
    Item item = only(inode, ItemType.INODE);
    byte[] changed = item.value().clone();
    ByteBuffer buffer = ByteBuffer.wrap(changed);
    if (bytes == 4) {
      buffer.putInt(at, (int) value);
    } else {
      buffer.putLong(at, value);
    }
    tree.put(item.high(), item.offset(), changed);
  }

  @Test
  void entryLost_isFound() throws IOException {
    remove(only(subdirectory, ItemType.DIRENT));
    assertFound(
        "inode " + file + " has the name 'f' in directory " + subdirectory,
        "inode " + subdirectory + " has 1 entries where 0 are expected");
  }

  @Test
  void referenceBackLost_isFound() throws IOException {
    remove(only(file, ItemType.BACK_REFERENCE));
    assertFound("has no reference back", "inode " + file + " has 0 names where 1 are expected");
  }

  @Test
  void inodeLost_isFound() throws IOException {
    remove(only(file, ItemType.INODE));
    assertFound("inode " + file + " does not exist, and has items");
  }

  @Test
  void linkCountWrong_isFound() throws IOException {
    putInode(file, 4, 2, 4);
    assertFound("inode " + file + " has 1 names where 2 are expected");
  }

  @Test
  void linkCountOfDirectoryWrong_isFound() throws IOException {
    putInode(FileTree.ROOT_INODE, 4, 4, 4);
    assertFound("inode 1 has 4 links where 3 are expected");
  }

  @Test
  void linkCountZeroWithoutOrphan_isFound() throws IOException {
    putInode(file, 4, 0, 4);
    assertFound("inode " + file + " has no name and is not listed as an orphan");
  }

  @Test
  void orphanThatIsNone_isFound() throws IOException {
    tree.put(ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN), file, new byte[0]);
    assertFound("inode " + file + " is listed as an orphan and is none");
  }

  @Test
  void blocksOfFileWrong_isFound() throws IOException {
    putInode(file, 28, 11, 8);
    assertFound("inode " + file + " has 11 blocks where 10 are expected");
  }

  @Test
  void extentOverlapping_isFound() throws IOException {
    Item extent = only(file, ItemType.EXTENT);
    tree.put(extent.high(), extent.offset() + 4096, extent.value());
    assertFound("that the one before reaches into");
  }

  @Test
  void extentLost_isFoundInBlocksAndDeadlist() throws IOException {
    remove(only(file, ItemType.EXTENT));
    assertFound("were given up and are not on the deadlist", "refers to");
  }

  @Test
  void extentOfItsOwnLost_isFoundInTheLog() throws IOException {
    Item extent = tree.ceiling(ItemType.high(file, ItemType.EXTENT), 8192);
    assertEquals(head.id(), Extent.decode(extent.value()).born());
    remove(extent);
    assertFound("live, but not referred to");
  }

  @Test
  void extentTwice_isFound() throws IOException {
    Item extent = only(file, ItemType.EXTENT);
    tree.put(extent.high(), 1 << 20, extent.value());
    assertFound("are older than this version, and new in it");
  }

  @Test
  void extentOfItsOwnTwice_isFound() throws IOException {
    Item extent = tree.ceiling(ItemType.high(file, ItemType.EXTENT), 8192);
    tree.put(extent.high(), 1 << 20, extent.value());
    assertFound("are referred to more often than they count, by 1");
  }

  @Test
  void referenceCountedTooMuch_isFound() throws IOException {
    Extent extent = Extent.decode(only(file, ItemType.EXTENT).value());
    parts.versions().share(head, extent.address(), 1);
    assertFound("count more references than they have, by 1");
  }

  @Test
  void symlinkWithoutTarget_isFound() throws IOException {
    remove(only(file + 1, ItemType.SYMLINK));
    assertFound("has a symlink's mode or target, but not both");
  }

  @Test
  void itemOfUnknownType_isFound() throws IOException {
    tree.put(ItemType.high(file, 99), 5, new byte[1]);
    assertFound("the item of type 99 at offset 5 of inode " + file + " is of no known type");
  }

  @Test
  void malformedItem_isFound() throws IOException {
    Item extent = only(file, ItemType.EXTENT);
    tree.put(extent.high(), extent.offset(), new byte[3]);
    assertFound("is malformed");
  }

  @Test
  void inodeCountWrong_isFound() throws IOException {
    head.setInodeCount(head.inodeCount() + 1);
    assertFound("holds 4 inodes, and counts 5");
  }

  @Test
  void nextInodeTooLow_isFound() throws IOException {
    head.setNextInode(file);
    putInode(file, 20, 40_961, 8);
    assertFound("is not below the next number");
  }

  @Test
  void blockDeadInTheLog_isFound() throws IOException {
    Extent extent = Extent.decode(only(file, ItemType.EXTENT).value());
    parts.log().markDead(extent.address(), 1);
    assertFound("referred to, but not live");
  }

  @Test
  void recordWithoutTree_isFound() throws IOException {
    long record = parts.index().allocate();
    parts.index().put(record, new byte[10]);
    assertFound("record " + record + " of index.db belongs to no tree");
  }

  @Test
  void entryOnDeadlistTooMuch_isFound() throws IOException {
    VersionTree versions = parts.versions();
    Extent shared = Extent.decode(only(file, ItemType.EXTENT).value());
    versions.release(head, shared.address(), 1, shared.born());
    assertFound("are on the deadlist and were not given up");
  }

  @Test
  void referBytesWrong_isFound() throws IOException {
    parts.versions().allocated(head, 4096);
    assertFound("and counts " + head.referBytes());
  }

  @Test
  void directoryCutOff_isFound() throws IOException {
    WritableFileTree files = store.open(store.volume("main").id());
    long outer = files.mkdir(FileTree.ROOT_INODE, Name.of("o"), 0755, 1, 1).inode();
    long inner = files.mkdir(outer, Name.of("i"), 0755, 1, 1).inode();
    tree = new Tree(parts.nodes(), parts.versions().ownership(head), head.root());
    // the outer directory's only name is moved below the inner one
    Item entry = onlyEntryOf(FileTree.ROOT_INODE, outer);
    Item reference = only(outer, ItemType.BACK_REFERENCE);
    remove(entry);
    remove(reference);
    byte[] moved = reference.value().clone();
    ByteBuffer.wrap(moved).putLong(0, inner);
    tree.put(ItemType.high(inner, ItemType.DIRENT), entry.offset(), entry.value());
    tree.put(reference.high(), reference.offset(), moved);
    assertFound("cannot be reached");
  }

  private Item onlyEntryOf(long parent, long inode) throws IOException {
    long high = ItemType.high(parent, ItemType.DIRENT);
    Item item = tree.ceiling(high, 0);
    while (ByteBuffer.wrap(item.value()).getLong(1) != inode) {
      item = tree.ceiling(high, item.offset() + 1);
    }
    return item;
  }
}
