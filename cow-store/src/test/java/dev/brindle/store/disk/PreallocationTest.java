package dev.brindle.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class PreallocationTest {
  @TempDir Path directory;

  @Test
  void fstore_isLaidOutAsInMacOsHeaders() {
    Pointer fstore = Preallocation.fstore(5L << 32);
    assertEquals(4, fstore.getInt(0), "fst_flags: F_ALLOCATEALL");
    assertEquals(3, fstore.getInt(4), "fst_posmode: F_PEOFPOSMODE");
    assertEquals(0, fstore.getLongLong(8), "fst_offset");
    assertEquals(5L << 32, fstore.getLongLong(16), "fst_length");
    assertEquals(0, fstore.getLongLong(24), "fst_bytesalloc");
    assertEquals(32, Preallocation.FSTORE_BYTES);
  }

  @Test
  void constants_differBetweenTheSystems() {
    assertEquals(122, HostConstants.of(Platform.OS.LINUX).edquot());
    assertEquals(69, HostConstants.of(Platform.OS.DARWIN).edquot());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void cLibrary_isCallable_andSaysWhatTheJdkSays() {
    LibC.Calls calls = LibC.calls();
    assertNotNull(calls);
    assertTrue(
        HostErrors.translated("f", new IOException(calls.strerror(28)))
            instanceof DiskFullException);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void allocation_pastWhatAFileMayHold_namesTheFileAndTheLimit() throws IOException {
    Path path = Files.createFile(directory.resolve("long"));
    try {
      assertFalse(Preallocation.tryAllocate("long", path, 0, 0, Long.MAX_VALUE));
    } catch (DiskFullException hostWithoutALimit) {
      return;
    } catch (IOException e) {
      assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
      assertTrue(e.getMessage().contains("ulimit -f"), e.getMessage());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void allocation_byTheHost_takesBlocks_alsoUnderAnOddName() throws IOException {
    Path path = Files.createFile(directory.resolve("h\u00f6ckchen \u6f22"));
    if (Preallocation.tryAllocate("f", path, 0, 0, 1 << 20)) {
      assertEquals(1 << 20, Files.size(path));
      assertTrue((long) Files.getAttribute(path, "unix:size") == 1 << 20);
    }
  }
}
