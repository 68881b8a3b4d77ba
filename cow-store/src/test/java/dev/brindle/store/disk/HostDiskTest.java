package dev.brindle.store.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.store.disk.Disk.OpenMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostDiskTest {
  @TempDir Path directory;
  private HostDisk disk;

  @BeforeEach
  void openDisk() throws IOException {
    disk = new HostDisk(directory);
  }

  @AfterEach
  void closeDisk() throws IOException {
    Thread.interrupted();
    disk.close();
  }

  /** What a file's range is asked for. */
  private interface Hint {
    void give(DiskFile file, long offset, long length);
  }

  @Test
  void startWriteBack_leavesWhatWasWritten_alsoOfADeletedFile() throws IOException {
    assertLeavesWhatWasWritten(DiskFile::startWriteBack);
  }

  @Test
  void startRead_leavesWhatWasWritten_alsoOfADeletedFile() throws IOException {
    assertLeavesWhatWasWritten(DiskFile::startRead);
  }

  private void assertLeavesWhatWasWritten(Hint hint) throws IOException {
    byte[] content = new byte[3 << 20];
    new Random(7).nextBytes(content);
    DiskFile file = disk.open("f", OpenMode.CREATE);
    file.write(0, ByteBuffer.wrap(content));
    hint.give(file, 1 << 20, 1 << 20);
    hint.give(file, 0, content.length + 4096);
    assertArrayEquals(content, Files.readAllBytes(directory.resolve("f")));
    disk.delete("f");
    hint.give(file, 0, content.length);
    assertFalse(disk.exists("f"));
  }

  @Test
  void create_givesPrivateFile_andRefusesASecond() throws IOException {
    disk.open("f", OpenMode.CREATE);
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("f"))));
    assertThrows(FileAlreadyExistsException.class, () -> disk.open("f", OpenMode.CREATE));
    assertThrows(NoSuchFileException.class, () -> disk.open("g", OpenMode.READ_WRITE));
  }

  @Test
  void createDirectory_twice_isPrivateAndHarmless() throws IOException {
    disk.createDirectory("log");
    disk.createDirectory("log");
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("log"))));
    disk.open("log/b", OpenMode.CREATE);
    disk.open("log/a", OpenMode.CREATE);
    disk.syncDirectory("log");
    disk.syncDirectory("");
    assertEquals(List.of("a", "b"), disk.list("log"));
  }

  @Test
  void open_ofADirectory_isRefusedByItsName() throws IOException {
    disk.createDirectory("f");
    for (OpenMode mode : List.of(OpenMode.READ, OpenMode.READ_WRITE)) {
      FileSystemException refused =
          assertThrows(FileSystemException.class, () -> disk.open("f", mode));
      assertEquals(directory.toRealPath().resolve("f").toString(), refused.getFile());
    }
  }

  @Test
  void createDirectory_whereAFileStands_isRefused() throws IOException {
    disk.open("log", OpenMode.CREATE);
    assertThrows(FileAlreadyExistsException.class, () -> disk.createDirectory("log"));
  }

  @Test
  void open_ofPlantedSymlink_isRefused() throws IOException {
    Path elsewhere = Files.createTempFile("elsewhere", null);
    try {
      Files.createSymbolicLink(directory.resolve("f"), elsewhere);
      assertThrows(IOException.class, () -> disk.open("f", OpenMode.READ_WRITE));
      assertThrows(FileSystemException.class, () -> disk.open("f", OpenMode.CREATE));
    } finally {
      Files.delete(elsewhere);
    }
  }

  @Test
  void names_outsideTheStore_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> disk.exists("../x"));
    assertThrows(IllegalArgumentException.class, () -> disk.open("/etc/passwd", OpenMode.READ));
  }

  @Test
  void read_acrossTheEnd_isShort() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    file.write(10, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertEquals(13, file.length());
    ByteBuffer target = ByteBuffer.allocate(8);
    assertEquals(3, file.read(10, target));
    assertEquals(3, target.position());
    assertEquals(8, target.limit());
    assertEquals(0, file.read(13, ByteBuffer.allocate(1)));
    assertEquals(0, file.read(99, ByteBuffer.allocate(1)));
  }

  @Test
  void largeHeapBuffers_areWrittenAndReadWhole() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    byte[] bytes = new byte[(5 << 20) + 17];
    new Random(1).nextBytes(bytes);
    file.write(3, ByteBuffer.wrap(bytes));
    ByteBuffer target = ByteBuffer.allocate(bytes.length);
    assertEquals(bytes.length, file.read(3, target));
    assertArrayEquals(bytes, target.array());
  }

  @Test
  void truncate_shortensAndLengthens() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    file.truncate(2);
    assertEquals(2, file.length());
    file.truncate(1 << 20);
    assertEquals(1 << 20, file.length());
    ByteBuffer target = ByteBuffer.allocate(4);
    file.read(0, target);
    assertArrayEquals(new byte[] {1, 2, 0, 0}, target.array());
  }

  @Test
  void allocate_takesBlocks_andKeepsContent() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    file.write(0, ByteBuffer.wrap(new byte[] {7}));
    file.allocate(0, 1 << 20);
    assertEquals(1 << 20, file.length());
    ByteBuffer target = ByteBuffer.allocate(2);
    file.read(0, target);
    assertArrayEquals(new byte[] {7, 0}, target.array());
  }

  @Test
  void allocateByWriting_fillsHolesAndTheEnd_andKeepsContent() throws IOException {
    HostFile file = (HostFile) disk.open("f", OpenMode.CREATE);
    file.truncate(100_000);
    file.write(50_000, ByteBuffer.wrap(new byte[] {7}));
    file.allocateByWriting(1_000, 700_000);
    assertEquals(701_000, file.length());
    ByteBuffer target = ByteBuffer.allocate(701_000);
    file.read(0, target);
    for (int i = 0; i < target.capacity(); i++) {
      assertEquals(i == 50_000 ? 7 : 0, target.get(i));
    }
  }

  /** On a disk of its own: the host gives all that is free before it refuses. */
  @Test
  void allocate_ofMoreThanThereIs_isDiskFull() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "brindle-test", small.toString()),
        "only root mounts");
    try (HostDisk smallDisk = new HostDisk(small)) {
      DiskFile file = smallDisk.open("f", OpenMode.CREATE);
      assertThrows(DiskFullException.class, () -> file.allocate(0, 2 << 20));
      assertTrue(file.length() <= smallDisk.totalBytes());
    } finally {
      assertTrue(run("umount", small.toString()));
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void fullDisk_isRecognisedByText() {
    assertTrue(
        HostErrors.translated("f", new IOException("No space left on device"))
            instanceof DiskFullException);
    assertTrue(
        HostErrors.translated("f", new IOException("Disk quota exceeded"))
            instanceof DiskFullException);
    assertFalse(
        HostErrors.translated("f", new IOException("Input/output error"))
            instanceof DiskFullException);
  }

  @Test
  void rename_replaces_andOpenFileStaysReadable() throws IOException {
    DiskFile old = disk.open("a", OpenMode.CREATE);
    old.write(0, ByteBuffer.wrap(new byte[] {1}));
    DiskFile fresh = disk.open("b", OpenMode.CREATE);
    fresh.write(0, ByteBuffer.wrap(new byte[] {2}));
    disk.rename("b", "a");
    assertFalse(disk.exists("b"));
    assertEquals(1, firstByte(old));
    assertEquals(2, firstByte(fresh));
  }

  @Test
  void interruptedThread_readsWritesAndSyncs_andStaysInterrupted() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    Thread.currentThread().interrupt();
    file.write(0, ByteBuffer.wrap(new byte[] {5}));
    file.sync();
    file.allocate(0, 4096);
    assertEquals(4096, file.length());
    disk.syncDirectory("");
    assertEquals(5, firstByte(file));
    assertTrue(Thread.interrupted());
    assertEquals(5, firstByte(file));
  }

  @Test
  void interruptsInTheMiddle_loseNothing() throws Exception {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    AtomicBoolean stop = new AtomicBoolean();
    int count = 2_000;
    Thread writer =
        new Thread(
            () -> {
              ByteBuffer block = ByteBuffer.allocateDirect(4096);
              try {
                for (int i = 0; i < count; i++) {
                  block.clear().putInt(0, i + 1);
                  file.write(i * 4096L, block);
                  if (i % 500 == 0) {
                    file.sync();
                  }
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              } finally {
                stop.set(true);
              }
            });
    Throwable[] failure = new Throwable[1];
    writer.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
    writer.start();
    while (!stop.get()) {
      writer.interrupt();
      Thread.onSpinWait();
    }
    writer.join();
    if (failure[0] != null) {
      throw new AssertionError(failure[0]);
    }
    ByteBuffer block = ByteBuffer.allocate(4096);
    for (int i = 0; i < count; i++) {
      assertEquals(4096, file.read(i * 4096L, block.clear()));
      assertEquals(i + 1, block.getInt(0));
    }
  }

  @Test
  void reopening_afterInterrupt_findsTheRenamedFile_andNeverAnother() throws Exception {
    HostFile old = (HostFile) disk.open("a", OpenMode.CREATE);
    old.write(0, ByteBuffer.wrap(new byte[] {1}));
    HostFile fresh = (HostFile) disk.open("b", OpenMode.CREATE);
    fresh.write(0, ByteBuffer.wrap(new byte[] {2}));
    old.closeChannelAsAnInterruptDoes();
    fresh.closeChannelAsAnInterruptDoes();
    disk.rename("b", "a");
    assertEquals(2, firstByte(fresh));
    assertThrows(IOException.class, () -> firstByte(old));
  }

  @Test
  void closedFile_isNotReopened() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    file.close();
    assertThrows(IOException.class, file::length);
  }

  @Test
  void space_isPlausible() throws IOException {
    assertTrue(disk.freeBytes() > 0);
    assertTrue(disk.totalBytes() >= disk.freeBytes());
  }

  private static byte firstByte(DiskFile file) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(1);
    assertEquals(1, file.read(0, target));
    return target.get(0);
  }
}
