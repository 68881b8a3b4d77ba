package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.check.Check;
import dev.brindle.store.check.Repair;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Groups of the log's tail rot between a crash and the opening after it. */
final class LogRotTest {
  /** Segments of 64 blocks; checkpoints when they are asked for. */
  private static final StoreOptions OPTIONS =
      new StoreOptions(4L << 20, 1L << 20, 4L << 20, 3_600_000, 64);

  private static final int BLOCK = 4096;
  private static final int FILES = 40;
  private static final String LOG = "log/";

  private final FaultyDisk disk = new FaultyDisk();

  private record Group(String file, int block) {}

  /** Each fsync is a group; the last ones are in other segments than the first. */
  private FaultyDisk crashed() throws IOException {
    return crashed(OPTIONS, () -> true);
  }

  private interface Condition {
    boolean isMet() throws IOException;
  }

  /**
   * @param wanted more files are made after the first ones until this is the case
   */
  private FaultyDisk crashed(StoreOptions options, Condition wanted) throws IOException {
    Store.create(disk, options);
    try (Store store = Store.open(disk, options)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      store.checkpoint();
      for (int i = 0; i < FILES || !wanted.isMet(); i++) {
        int mode = FileMode.REGULAR | 0644;
        long file = tree.create(FileTree.ROOT_INODE, Name.of("file" + i), mode, 0, 0, 0).inode();
        tree.write(file, 0, ByteBuffer.allocate(3 * BLOCK));
        tree.fsync(file, false);
      }
      return disk.afterCrash(Loss.ALL_UNSYNCED, new Random(1));
    }
  }

  private static List<Group> groups(FaultyDisk disk) throws IOException {
    List<Group> groups = new ArrayList<>();
    for (String name : disk.list("log")) {
      ByteBuffer segment = ByteBuffer.wrap(disk.contents(LOG + name));
      for (int at = BLOCK; at + BLOCK <= segment.capacity(); at += BLOCK) {
        boolean isGroup = segment.getLong(at) == 0x42524e444c475250L;
        if (isGroup && segment.getLong(at + 32) == Long.parseLong(name.substring(0, 16), 16)) {
          groups.add(new Group(LOG + name, at / BLOCK));
        }
      }
    }
    return groups.subList(groups.size() - FILES, groups.size());
  }

  @Test
  void rotBeforeWhatWasDurable_isRefused_andRepairedKnowingly() throws IOException {
    FaultyDisk crashed = crashed();
    List<Group> groups = groups(crashed);
    assertTrue(!groups.get(0).file.equals(groups.get(FILES - 1).file));
    for (int rotten = 0; rotten < FILES - 1; rotten += 3) {
      FaultyDisk bad = crashed.afterProcessDeath();
      Group group = groups.get(rotten);
      bad.flipBit(group.file, (group.block * (long) BLOCK + 20 + 2000L * (rotten % 3)) * 8);
      CorruptStoreException refused =
          assertThrows(CorruptStoreException.class, () -> Store.open(bad, OPTIONS));
      assertTrue(refused.getMessage().contains("brindle check --repair"), refused.getMessage());
      assertTrue(refused.getMessage().contains("damaged store file log/"), refused.getMessage());
      try (Store store = Store.openAtRest(bad, OPTIONS)) {
        RepairReport report = Repair.run(store);
        assertTrue(report.deeds().get(0).contains("synced"), () -> report.deeds().toString());
      }
      for (int time = 0; time < 3; time++) {
        try (Store store = Store.open(bad, OPTIONS)) {
          assertEquals(List.of(), Check.run(store, true).problems());
          assertEquals(rotten + time, count(store));
          WritableFileTree tree = store.open(store.volume("main").id());
          int mode = FileMode.REGULAR | 0644;
          Name name = Name.of("new" + time);
          tree.fsync(tree.create(FileTree.ROOT_INODE, name, mode, 0, 0, 0).inode(), false);
        }
      }
    }
  }

  /** The head was sealed since the checkpoint, so what a header said stands in its pages, too. */
  @Test
  void rottenHeader_inASealedSegment_costsNoData() throws IOException {
    Store.create(disk, OPTIONS);
    long[] files = new long[FILES];
    FaultyDisk left;
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      for (int i = 0; i < FILES; i++) {
        int mode = FileMode.REGULAR | 0644;
        files[i] = tree.create(FileTree.ROOT_INODE, Name.of("file" + i), mode, 0, 0, 0).inode();
        tree.write(files[i], 0, ByteBuffer.allocate(3 * BLOCK));
        tree.fsync(files[i], false);
        if (i == 3) {
          store.checkpoint();
        }
      }
      left = disk.fork();
    }
    List<Group> groups = groups(left);
    assertEquals(groups.get(2).file, groups.get(4).file, "before the checkpoint in its segment");
    assertTrue(!groups.get(2).file.equals(groups.get(FILES - 1).file), "which was sealed");
    FaultyDisk bad = left.afterCrash(Loss.ALL_UNSYNCED, new Random(1));
    bad.flipBit(groups.get(2).file, (groups.get(2).block * (long) BLOCK + 20) * 8);
    for (int time = 0; time < 2; time++) {
      try (Store opened = Store.open(bad, OPTIONS)) {
        FileTree again = opened.open(opened.volume("main").id());
        for (long file : files) {
          assertEquals(3 * BLOCK, again.read(file, 0, ByteBuffer.allocate(4 * BLOCK)));
        }
      }
    }
  }

  private static long count(Store store) throws IOException {
    long[] count = {0};
    FileTree tree = store.open(store.volume("main").id());
    for (int i = 0; i < FILES; i++) {
      try {
        tree.lookup(FileTree.ROOT_INODE, Name.of("file" + i));
        count[0]++;
      } catch (FileSystemException e) {
        // Not there.
      }
    }
    for (int i = 0; i < 3; i++) {
      try {
        tree.lookup(FileTree.ROOT_INODE, Name.of("new" + i));
        count[0]++;
      } catch (FileSystemException e) {
        // Not there.
      }
    }
    return count[0];
  }

  @Test
  void missingSegmentInTheMiddle_isRefused() throws IOException {
    FaultyDisk crashed = crashed();
    List<Group> groups = groups(crashed);
    List<String> segments = groups.stream().map(Group::file).distinct().toList();
    assertTrue(segments.size() > 2);
    crashed.delete(segments.get(1));
    assertThrows(CorruptStoreException.class, () -> Store.open(crashed, OPTIONS));
  }

  /** The log was about to go on behind it: there is a spare segment. */
  @Test
  void missingLastSegment_isRefused_andRepairedKnowingly() throws IOException {
    FaultyDisk crashed = crashed(OPTIONS.withSegmentBlocks(256), this::hasSpare);
    String last = groups(crashed).get(FILES - 1).file;
    crashed.delete(last);
    for (int time = 0; time < 2; time++) {
      CorruptStoreException refused =
          assertThrows(CorruptStoreException.class, () -> Store.open(crashed, OPTIONS));
      assertTrue(refused.getMessage().contains(last), refused.getMessage());
      assertTrue(refused.getMessage().contains("brindle check --repair"), refused.getMessage());
    }
    try (Store store = Store.openAtRest(crashed, OPTIONS)) {
      assertTrue(store.parts().unrepeated().toString().contains(last));
    }
    try (Store store = Store.openAtRest(crashed, OPTIONS)) {
      RepairReport report = Repair.run(store);
      assertTrue(report.deeds().toString().contains(last), () -> report.deeds().toString());
    }
    for (int time = 0; time < 3; time++) {
      try (Store store = Store.open(crashed, OPTIONS)) {
        assertEquals(List.of(), Check.run(store, true).problems());
      }
    }
  }

  private boolean hasSpare() throws IOException {
    FaultyDisk crashed = disk.afterCrash(Loss.ALL_UNSYNCED, new Random(1));
    List<String> segments = new ArrayList<>(crashed.list("log"));
    segments.removeIf(name -> !name.endsWith(".seg"));
    List<Group> groups = groups(crashed);
    String last = groups.get(groups.size() - 1).file;
    boolean isInFirst = last.equals(groups.get(0).file);
    return !isInFirst && (LOG + segments.get(segments.size() - 1)).compareTo(last) > 0;
  }

  @Test
  void rotInTheLastGroup_isTakenForATornOne() throws IOException {
    FaultyDisk crashed = crashed();
    Group last = groups(crashed).get(FILES - 1);
    crashed.flipBit(last.file, (last.block * (long) BLOCK + 20) * 8);
    try (Store store = Store.open(crashed, OPTIONS)) {
      assertEquals(FILES - 1, count(store));
    }
  }
}
