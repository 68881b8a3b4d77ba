package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file system that is mounted twice: what the one mount changes, the other sees. */
public abstract class TwoMountsContract {
  @TempDir Path directory;
  private final MemoryFileSystem fileSystem = new MemoryFileSystem();
  private MountedMemory mount;
  private Path root;

  protected abstract Transport transport() throws IOException;

  private MountedMemory mount(Path mountPoint) throws IOException {
    return MountedMemory.mount(transport(), fileSystem, mountPoint, CachingOptions.defaults());
  }

  @BeforeEach
  void mount() throws IOException {
    mount = mount(directory);
    root = mount.root();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mount != null) {
      mount.close();
    }
  }

  @Test
  void append_afterAnotherMountExtended_goesToTheEnd(@TempDir Path other) throws Exception {
    try (MountedMemory second = mount(other)) {
      Files.writeString(root.resolve("f"), "one\n");
      Shell.ok(root, "cat f; stat f; exec 3>>f; cd " + other + "; echo two >> f; echo three >&3");
      assertEquals("one\ntwo\nthree", Shell.ok(other, "cat f"));
    }
  }

  @Test
  void open_afterAnotherMountWrote_seesItAtOnce(@TempDir Path other) throws Exception {
    try (MountedMemory second = mount(other)) {
      for (int i = 0; i < 50; i++) {
        String text = "x".repeat(i * 100) + i;
        Files.writeString(root.resolve("f"), text);
        assertEquals(text, Files.readString(second.root().resolve("f")));
        Files.writeString(second.root().resolve("f"), text.replace('x', 'y'));
        assertEquals(text.replace('x', 'y'), Files.readString(root.resolve("f")));
      }
    }
  }

  @Test
  void lookup_ofWhatAnotherMountMadeAfterAMiss_findsIt(@TempDir Path other) throws Exception {
    try (MountedMemory second = mount(other)) {
      assertFalse(Files.exists(root.resolve("f")));
      Files.createFile(second.root().resolve("f"));
      assertTrue(Files.exists(root.resolve("f")));
    }
  }
}
