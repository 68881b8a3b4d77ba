package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A version that another call deletes before the one that made it has answered. */
class LostVersionTest extends MountFixture {
  /** ESTALE would have the kernel make the directory once more. */
  @ParameterizedTest
  @ValueSource(strings = {"/.snapshots/v", "/.clones/v", "/.snapshots/s/.clones/v"})
  void mkdir_ofWhatIsDeletedAtOnce_succeeds(String path) throws IOException {
    mkdir("/.snapshots/s");
    ((FakeStore) opened.store()).loseNewVersions();
    Entry made = mkdir(path);
    assertTrue(made.attributes().isDirectory());
    assertEquals(Errno.ENOENT, errno(() -> stat(path)));
    assertEquals(Errno.ESTALE, errno(() -> mount.getattr(made.node())));
  }
}
