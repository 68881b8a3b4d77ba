package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.Shell;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.transport.CachingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program loses when it is changed, as the kernel sees it. */
class KernelPrivilegesTest {
  /** {@code cap_net_raw+p}. */
  private static final String SET_CAPABILITY =
      "setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 ";

  private static final String HAS_CAPABILITY =
      "getfattr --absolute-names -n security.capability f >/dev/null 2>&1 && echo yes || echo no";

  @TempDir Path directory;
  private final MemoryFileSystem fileSystem = new MemoryFileSystem();
  private MountedMemory mount;

  private MountedMemory mount(Path mountPoint, CachingOptions caching) throws IOException {
    return MountedMemory.mount(KernelTransport.create(0), fileSystem, mountPoint, caching);
  }

  @BeforeEach
  void mount() throws IOException {
    assumeTrue(Processes.isRoot(), "skipped: capabilities are root's to give");
    mount = mount(directory, MountedMemory.LASTING);
    Files.writeString(directory.resolve("f"), "program");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mount != null) {
      mount.close();
    }
  }

  /** What is run is decided by the mode that the kernel remembers, which is what this stat asks. */
  @ParameterizedTest
  @ValueSource(strings = {"echo x >> f", ": > f", "truncate -s 3 f", "printf y 1<>f"})
  void change_byOneWithoutCapFsetid_takesTheBitFromTheRememberedMode(String change)
      throws IOException {
    Shell.ok(directory, "chmod 4755 f; stat f");
    Shell.ok(directory, "setpriv --bounding-set=-fsetid --inh-caps=-fsetid sh -c '" + change + "'");
    assertEquals("755", Shell.ok(directory, "stat -c %a f"));
  }

  @Test
  void change_byRoot_keepsTheBit() throws IOException {
    Shell.ok(directory, "chmod 4755 f; stat f; echo x >> f");
    assertEquals("4755", Shell.ok(directory, "stat -c %a f"));
  }

  /** One on a directory means nothing, and stays. */
  @Test
  void capability_goesWithAChangeOfOwner_andStaysOnADirectory() throws IOException {
    String change = "chown 5:5 f; ";
    assertEquals("no", Shell.ok(directory, SET_CAPABILITY + "f; " + change + HAS_CAPABILITY));
    String there = "rm f; mkdir f; " + SET_CAPABILITY + "f; ";
    assertEquals("yes", Shell.ok(directory, there + change + HAS_CAPABILITY));
  }

  @Test
  void write_afterAnotherMountGaveACapability_takesIt(@TempDir Path other) throws Exception {
    try (MountedMemory second = mount(other, CachingOptions.defaults())) {
      String script = "exec 3>>f; echo x >&3; " + SET_CAPABILITY + second.root() + "/f; ";
      assertEquals("yes", Shell.ok(directory, script + HAS_CAPABILITY));
      assertEquals("no", Shell.ok(directory, script + "echo y >&3; " + HAS_CAPABILITY));
    }
  }
}
