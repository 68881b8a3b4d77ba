package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.control.ControlErrorCode;
import dev.brindle.daemon.control.ControlException;
import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.kernel.KernelTransport;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a mount that the transport could not make. */
class MountRegistryTest {
  @TempDir Path base;
  private Store store;
  private MountRegistry registry;

  @BeforeEach
  void createStore() throws IOException {
    MountedMemory.assumeFuse();
    base = base.toRealPath();
    Store.create(base.resolve("store"), StoreOptions.defaults().withSegmentBlocks(1024));
    store = Store.open(base.resolve("store"), StoreOptions.defaults());
    store.createVolume(Name.of("main"), 0, 0);
    Transport broken =
        (fileSystem, options) -> {
          assertTrue(Files.isDirectory(options.mountPoint()));
          throw new MountException("cannot mount today");
        };
    registry = new MountRegistry(store, broken, () -> {});
  }

  @AfterEach
  void closeStore() throws IOException {
    if (store != null) {
      store.close();
    }
  }

  private void fails(Path mountPoint) {
    MountRequest request = new MountRequest("main", mountPoint, MountOptions.defaults());
    MountException failure = assertThrows(MountException.class, () -> registry.mount(request));
    assertEquals("cannot mount today", failure.getMessage());
  }

  /** The end of the daemon comes while a mount is made, and does not see it. */
  @Test
  void mountThatIsMadeDuringTheEnd_isTakenOffBeforeIt() throws Exception {
    MountRegistry[] ending = new MountRegistry[1];
    Path fresh = base.resolve("fresh");
    FutureTask<Boolean> end =
        new FutureTask<>(
            () -> {
              ending[0].close();
              return MountTable.on(fresh).isEmpty();
            });
    Transport real = KernelTransport.create(0);
    Transport closing =
        (fileSystem, options) -> {
          TransportSession session = real.mount(fileSystem, options);
          new Thread(end).start();
          while (!ending[0].isClosed()) {
            Thread.onSpinWait();
          }
          return session;
        };
    ending[0] = new MountRegistry(store, closing, () -> {});
    MountRequest request = new MountRequest("main", fresh, MountOptions.defaults());
    ControlException late = assertThrows(ControlException.class, () -> ending[0].mount(request));
    assertEquals(ControlErrorCode.SHUTTING_DOWN, late.code());
    assertTrue(end.get(60, TimeUnit.SECONDS), "the end came before it was taken off");
  }

  @Test
  void mountThatFails_directoryMadeForIt_isRemoved() {
    Path fresh = base.resolve("fresh");
    fails(fresh);
    assertFalse(Files.exists(fresh));
  }

  @Test
  void mountThatFails_directoryThatWasThere_stays() throws IOException {
    Path there = Files.createDirectory(base.resolve("there"));
    fails(there);
    assertTrue(Files.isDirectory(there));
  }
}
