package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store whose host's disk is full, as its users see it. */
final class FullDiskIT {
  private static final int FILE_BYTES = 1 << 20;
  private static final int DISK_MIB = 128;
  private static final long BACK_SECONDS = 180;

  private MountedStore fixture;
  private Path disk;

  @BeforeEach
  void prepare() throws IOException {
    MountedStore.requireFuse();
    MountedStore.requireRoot();
    fixture = MountedStore.prepared();
    disk = Files.createDirectory(fixture.base().resolve("disk"));
    fixture.useStore(disk.resolve("store"));
  }

  @AfterEach
  void takeDiskOff() {
    if (fixture != null) {
      try {
        fixture.umountAndCheck();
      } finally {
        try {
          if (MountedStore.isMounted(disk)) {
            Shell.in(Path.of("/")).ok("umount %1$s || { umount -l %1$s; exit 1; }".formatted(disk));
          }
        } finally {
          fixture.close();
        }
      }
    }
  }

  private void mountDisk(String kind) {
    Shell.in(fixture.base())
        .ok(
            kind.equals("tmpfs")
                ? "mount -t tmpfs -o size=%dm brindle-test disk".formatted(DISK_MIB)
                : """
                truncate -s %dM image
                mkfs.ext4 -q image
                mount -o loop image disk
                """
                    .formatted(DISK_MIB));
    fixture.mount();
  }

  /** The bytes of the file with a number. */
  private static byte[] content(int number) {
    byte[] bytes = new byte[FILE_BYTES];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  /** Writes and syncs files until the disk is full; those that were acknowledged. */
  private static List<Path> fill(Path directory) throws IOException {
    List<Path> acknowledged = new ArrayList<>();
    while (true) {
      Path file = directory.resolve("f" + acknowledged.size());
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer source = ByteBuffer.wrap(content(acknowledged.size()));
        while (source.hasRemaining()) {
          channel.write(source);
        }
        channel.force(true);
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("No space left"), e.toString());
        return acknowledged;
      }
      acknowledged.add(file);
      assertTrue(acknowledged.size() < DISK_MIB, "the disk does not get full");
    }
  }

  private static void expectWhole(Path directory, int files) throws IOException {
    for (int i = 0; i < files; i++) {
      assertArrayEquals(content(i), Files.readAllBytes(directory.resolve("f" + i)), "f" + i);
    }
  }

  /** Waits until there is room again on the host's disk, and for the mount's users. */
  private void awaitFree(long bytes) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BACK_SECONDS);
    while (true) {
      long host = Files.getFileStore(disk).getUsableSpace();
      long shown = Files.getFileStore(fixture.root()).getUsableSpace();
      if (host >= bytes && shown >= bytes) {
        return;
      }
      assertTrue(
          System.nanoTime() < deadline,
          "only %,d bytes are back on the disk, and %,d shown".formatted(host, shown));
      Thread.sleep(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "tmpfs"})
  void fullDisk_refusesWritersKeepsTheRestAndComesBack(String kind) throws Exception {
    mountDisk(kind);
    Path directory = fixture.directory("dir");
    List<Path> files = fill(directory);
    assertTrue(files.size() > DISK_MIB / 3, files.size() + " MiB went onto " + DISK_MIB);

    expectWhole(directory, files.size());
    fixture
        .shell()
        .ok("ls -lR > /dev/null; df . > /dev/null; rm -f dir/f%d".formatted(files.size()));
    fixture.remount();
    expectWhole(directory, files.size());

    int kept = files.size() / 4;
    for (Path file : files.subList(kept, files.size())) {
      Files.delete(file);
    }
    awaitFree((long) (files.size() - kept) * FILE_BYTES * 3 / 4);
    Path second = fixture.directory("second");
    int again = fill(second).size();
    assertTrue(again >= (files.size() - kept) / 2, again + " MiB could be written again");
    expectWhole(directory, kept);
    fixture.remount();
    expectWhole(directory, kept);
  }

  @Test
  void umount_whileTheHostTakesNoMoreFiles_isRefusedUntilItDoes() throws Exception {
    Shell.in(fixture.base()).ok("mount -t tmpfs -o size=512m,nr_inodes=13 brindle-test disk");
    fixture.mount();
    awaitState("healthy");
    Path directory = fixture.directory("dir");
    int files = 30;
    for (int i = 0; i < files; i++) {
      Files.write(directory.resolve("f" + i), content(i));
    }
    Output refused = Brindle.run("umount", fixture.root());
    assertEquals(1, refused.status(), refused::toString);
    assertTrue(refused.err().contains("stays mounted"), refused::toString);
    assertTrue(refused.err().contains("umount --lazy"), refused::toString);
    awaitState("not everything can be saved");

    Shell.in(fixture.base()).ok("mount -o remount,nr_inodes=1000 disk");
    awaitState("healthy");
    fixture.remount();
    expectWhole(directory, files);
  }

  /** A checkpoint, which comes within seconds, finds out. */
  private void awaitState(String state) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String status = Brindle.ok("status", fixture.root());
    while (!status.contains(state) && System.nanoTime() < end) {
      Thread.sleep(200);
      status = Brindle.ok("status", fixture.root());
    }
    assertTrue(status.contains(state), status);
  }

  @ParameterizedTest
  @ValueSource(strings = "ext4")
  void spaceHeldBySnapshot_comesBackWithItsRmdir(String kind) throws Exception {
    mountDisk(kind);
    Path directory = fixture.directory("dir");
    Path filler = fixture.directory("filler");
    int held = DISK_MIB / 4;
    for (int i = 0; i < held; i++) {
      Files.write(directory.resolve("f" + i), content(i));
    }
    Files.createDirectory(fixture.path(".snapshots/held"));
    Path past = fixture.path(".snapshots/held/dir");
    for (int i = 0; i < held; i++) {
      Files.delete(directory.resolve("f" + i));
    }
    int room = fill(filler).size();
    expectWhole(past, held);
    Output refused = Brindle.run("snapshot", "create", fixture.root(), "more");
    assertTrue(
        refused.status() == 0 || refused.err().contains("is full: delete"), refused::toString);
    expectWhole(filler, room);

    Files.delete(past.getParent());
    awaitFree((long) held * FILE_BYTES * 3 / 4);
    Path second = fixture.directory("second");
    int again = fill(second).size();
    assertTrue(again >= held / 2, again + " MiB of " + held + " could be written again");
    expectWhole(filler, room);
    fixture.remount();
    expectWhole(filler, room);
  }
}
