package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.serve.OpenedFiles.Pages;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.Caller;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an opening finds before the kernel is told what another mount has changed. */
class ForeignContentTest {
  private final MemoryFileSystem files = new MemoryFileSystem();
  private Device device;
  private Served served;
  private long node;

  @BeforeEach
  void open() throws IOException {
    device = new Device(Native.open("/dev/null", Native.O_RDWR));
    served = new Served(files, CachingOptions.lasting(), new Notifier(device, true));
    node = files.mknod(Caller.ROOT, 1, Name.of("f"), FileMode.REGULAR | 0644, 0).node();
  }

  @AfterEach
  void close() {
    device.close();
  }

  private InodeAttributes attributes() throws IOException {
    return files.getattr(node).attributes();
  }

  private Pages found(boolean notesReads) throws IOException {
    List<Pages> found = new ArrayList<>();
    served.openedFiles().open(node, attributes(), notesReads, found::add);
    return found.get(0);
  }

  private void change(long seconds) throws IOException {
    files.setattr(Caller.ROOT, node, AttributeChange.ofWrite(new Timestamp(seconds, 0)));
  }

  @Test
  void pages_ofWhatOnlyThisMountChanges_areKnown() throws IOException {
    assertEquals(Pages.UNKNOWN, found(true));
    assertEquals(Pages.GOOD, found(true));
    change(1);
    assertEquals(Pages.CHANGED, found(false));
    assertEquals(Pages.CHANGED, found(true));
    assertEquals(Pages.GOOD, found(true));
  }

  @Test
  void pages_ofWhatWasJustMade_areKnown() throws IOException {
    served.openedFiles().made(node, attributes());
    change(1);
    assertEquals(Pages.CHANGED, found(true));
  }

  @Test
  void pages_ofWhatAnotherMountChanges_areUnknownAtOnce() throws IOException {
    served.openedFiles().made(node, attributes());
    change(1);
    served.invalidations().contentChanged(node);
    assertEquals(Pages.UNKNOWN, found(false));
    assertEquals(Pages.UNKNOWN, found(true));
    assertEquals(Pages.GOOD, found(true));
  }
}
