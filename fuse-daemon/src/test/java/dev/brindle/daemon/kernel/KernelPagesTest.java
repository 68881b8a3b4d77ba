package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.nio.file.ExtendedOpenOption;
import dev.brindle.daemon.Intercepted;
import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.Undisturbed;
import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel keeps of files that only this mount changes. */
class KernelPagesTest {
  private static final int LARGE = 1 << 20;

  private final AtomicLong bytesAsked = new AtomicLong();
  private final InodeFileSystem files =
      Intercepted.of(
          new MemoryFileSystem(),
          (operation, arguments) -> {
            if (operation.equals("read")) {
              bytesAsked.addAndGet(((ByteBuffer) arguments[2]).remaining());
            }
            return null;
          });

  @TempDir Path directory;
  private MountedMemory mount;
  private Path file;

  @BeforeEach
  void mount() throws IOException {
    mount = MountedMemory.mount(KernelTransport.create(0), files, directory, MountedMemory.LASTING);
    file = mount.root().resolve("f");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mount != null) {
      mount.close();
    }
  }

  /** How many bytes were asked for while a file was read that is to be as it was written. */
  private long asked(byte[] written) throws IOException {
    long before = bytesAsked.get();
    assertArrayEquals(written, Files.readAllBytes(file));
    return bytesAsked.get() - before;
  }

  private static byte[] noise(int bytes) {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    return noise;
  }

  @Test
  void largeFile_thatWasJustWritten_isReadFromTheKernelButForItsBeginning() throws Throwable {
    Undisturbed.count(this::writeAndReadLargeFile);
  }

  private void writeAndReadLargeFile() throws IOException {
    byte[] content = noise(LARGE);
    Files.write(file, content);
    long first = asked(content);
    assertTrue(first > 0 && first < LARGE / 8, first + " bytes were asked for");
    assertEquals(0, asked(content));
  }

  @Test
  void largeFile_thatChangedWhileItWasOpen_isReadFromTheKernelButForItsBeginning()
      throws Throwable {
    Undisturbed.count(this::changeAndReadOpenFile);
  }

  private void changeAndReadOpenFile() throws IOException {
    byte[] content = noise(LARGE);
    Files.write(file, content);
    try (FileChannel open =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      asked(content);
      open.write(ByteBuffer.wrap(content, 0, 5_000), 100_000);
      System.arraycopy(content, 0, content, 100_000, 5_000);
      long again = asked(content);
      assertTrue(again > 0 && again < LARGE / 8, again + " bytes were asked for");
    }
  }

  /** Of one that a program does not wait for the kernel does not drop what was read meanwhile. */
  @Test
  void file_thatWasWrittenPastThePages_isReadAnew() throws IOException {
    byte[] content = noise(LARGE);
    Files.write(file, content);
    asked(content);
    ByteBuffer piece = ByteBuffer.allocateDirect(8192).alignedSlice(4096).limit(4096);
    try (FileChannel direct =
        FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
      direct.write(piece, 300 * 1024);
    }
    System.arraycopy(new byte[4096], 0, content, 300 * 1024, 4096);
    assertTrue(asked(content) >= LARGE);
  }

  /** The kernel holds back the writes of a file while it opens one to empty it. */
  @Test
  void openingToEmpty_ofWhatTheKernelHasNotWritten_ends() throws Exception {
    mount.close();
    mount =
        MountedMemory.mount(
            KernelTransport.create(0), files, directory, MountedMemory.LASTING.withWrites(true));
    byte[] content = noise(LARGE);
    Files.write(file, content);
    try (FileChannel open =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // so that its time is another
      Thread.sleep(20);
      open.write(ByteBuffer.wrap(content, 0, 1), 500_000);
      open.force(true);
      open.write(ByteBuffer.wrap(content, 0, 5), 0);
      FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)
          .close();
    }
    assertEquals(0, Files.size(file));
  }

  @Test
  void smallFile_thatWasJustWritten_isReadOnce() throws Throwable {
    Undisturbed.count(this::writeAndReadSmallFile);
  }

  private void writeAndReadSmallFile() throws IOException {
    byte[] content = noise(10_000);
    Files.write(file, content);
    assertTrue(asked(content) >= content.length);
    assertEquals(0, asked(content));
  }
}
