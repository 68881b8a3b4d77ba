package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.kernel.KernelTransport;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mount that is alone with its volume, and others that would show the same files. */
class AloneMountTest {
  private static final MountOptions SHARED = MountOptions.defaults();
  private static final MountOptions ALONE = SHARED.withAlone(true);

  @TempDir Path base;
  private Store store;
  private MountRegistry registry;

  @BeforeEach
  void createStore() throws IOException {
    MountedMemory.assumeFuse();
    assumeTrue(Host.current() == Host.LINUX, "skipped: the kernel transport is for Linux");
    base = base.toRealPath();
    Store.create(base.resolve("store"), StoreOptions.defaults().withSegmentBlocks(1024));
    store = Store.open(base.resolve("store"), StoreOptions.defaults());
    long main = store.createVolume(Name.of("main"), 0, 0).id();
    store.createVolume(Name.of("other"), 0, 0);
    store.cloneVolume(main, Name.of("c"));
    store.cloneVolume(main, Name.of("d"));
    registry = new MountRegistry(store, KernelTransport.create(0), () -> {});
  }

  @AfterEach
  void closeStore() throws IOException {
    if (store != null) {
      registry.close();
      store.close();
    }
  }

  private void mount(String volume, MountOptions options) throws IOException {
    Path mountPoint = base.resolve(volume.replace('/', '-') + (options.alone() ? "-alone" : ""));
    registry.mount(new MountRequest(volume, mountPoint, options));
  }

  private void refuses(String volume, MountOptions options) {
    MountException refused = assertThrows(MountException.class, () -> mount(volume, options));
    assertTrue(refused.getMessage().contains("--cache=shared"), refused.getMessage());
  }

  @Test
  void volumeThatIsMountedAlone_isNotShownByAnother() throws IOException {
    mount("main", ALONE);
    refuses("main", SHARED);
    refuses("main", ALONE);
    refuses("main/c", SHARED);
    mount("other", SHARED);
    assertEquals(2, registry.reports().size());
    registry.umount(base.resolve("main-alone"), false);
    mount("main", SHARED);
    mount("main/c", SHARED);
  }

  @Test
  void volumeThatIsShown_isNotMountedAlone() throws IOException {
    mount("main/c", SHARED);
    refuses("main", ALONE);
    refuses("main/c", ALONE);
    assertFalse(Files.exists(base.resolve("main-alone")));
    mount("main/d", ALONE);
    mount("other", ALONE);
    assertEquals(3, registry.reports().size());
  }
}
