package dev.brindle.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FaultyDiskTest {
  private final FaultyDisk disk = new FaultyDisk();

  private static ByteBuffer bytes(int count, int value) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void crash_keepsWhatWasSynced_andTearsTheRest() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    disk.syncDirectory("");
    file.write(0, bytes(4096, 1));
    file.sync();
    file.write(1024, bytes(1024, 2));
    file.write(1536, bytes(1024, 3));
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < 500; seed++) {
      byte[] after = disk.afterCrash(new Random(seed)).contents("f");
      assertEquals(4096, after.length);
      for (int i = 0; i < after.length; i++) {
        if (i < 1024 || i >= 2560) {
          assertEquals(1, after[i]);
        }
        assertEquals(after[i - i % 512], after[i], "sectors are whole");
      }
      seen.add("" + after[1024] + after[1536] + after[2048]);
    }
    assertTrue(
        seen.containsAll(
            Set.of("111", "221", "233", "133", "113", "211", "121", "222", "131").stream()
                .filter(s -> !s.equals("222"))
                .toList()),
        seen::toString);
    assertFalse(seen.contains("322"));
  }

  @Test
  void crash_losesUnsyncedDirectoryEntries_inOrder() throws IOException {
    disk.open("a", OpenMode.CREATE);
    disk.open("b", OpenMode.CREATE);
    disk.syncDirectory("");
    disk.open("c", OpenMode.CREATE);
    disk.rename("b", "a");
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      seen.add(String.join("", disk.afterCrash(new Random(seed)).list("")));
    }
    assertEquals(Set.of("ab", "abc", "ac"), seen);
  }

  @Test
  void plannedCrash_endsEverything() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    disk.syncDirectory("");
    long operation = disk.operations();
    disk.fail(operation + 1, Fault.CRASH);
    file.write(0, bytes(10, 1));
    assertThrows(FaultyDisk.CrashedException.class, () -> file.write(10, bytes(10, 1)));
    assertThrows(FaultyDisk.CrashedException.class, file::length);
    assertTrue(disk.isCrashed());
  }

  @Test
  void failedSync_losesWrites_thatNoLaterSyncBringsBack() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    disk.syncDirectory("");
    for (int i = 0; i < 20; i++) {
      file.write(i * 512L, bytes(512, 1));
    }
    disk.fail(disk.operations(), Fault.INPUT_OUTPUT_ERROR);
    assertThrows(IOException.class, file::sync);
    file.sync();
    byte[] after = disk.afterCrash(new Random(1)).contents("f");
    assertFalse(Arrays.equals(disk.contents("f"), after));
    assertEquals(1, disk.syncs());
  }

  @Test
  void capacity_refusesWritesAndAllocations_andDeleteGivesSpaceBack() throws IOException {
    disk.setCapacity(3 * 4096);
    DiskFile file = disk.open("f", OpenMode.CREATE);
    file.allocate(0, 2 * 4096);
    file.write(0, bytes(2 * 4096, 1));
    DiskFile other = disk.open("g", OpenMode.CREATE);
    assertThrows(DiskFullException.class, () -> other.write(0, bytes(4097, 1)));
    assertThrows(DiskFullException.class, () -> other.allocate(0, 4097));
    assertEquals(0, other.length());
    other.write(0, bytes(4096, 1));
    assertEquals(0, disk.freeBytes());
    disk.delete("f");
    other.write(4096, bytes(4096, 1));
  }

  @Test
  void processDeath_keepsEverything() throws IOException {
    disk.createDirectory("d");
    DiskFile file = disk.open("d/f", OpenMode.CREATE);
    file.write(0, bytes(5, 9));
    FaultyDisk after = disk.afterProcessDeath();
    assertArrayEquals(disk.contents("d/f"), after.contents("d/f"));
  }
}
