package dev.brindle.store.volume;

import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.util.function.Consumer;
import org.tinylog.Logger;

/**
 * What a Brindle has to know to read the store, as the superblock says it. It is raised when
 * something is first used that an older one would not understand, before it is used.
 */
final class StoreFormat {
  private final Disk disk;
  private volatile Superblock superblock;

  StoreFormat(Disk disk, Superblock superblock) {
    this.disk = disk;
    this.superblock = superblock;
  }

  Superblock superblock() {
    return superblock;
  }

  boolean isAtLeast(int version) {
    return superblock.format() >= version;
  }

  /** As {@link Superblock#mend}. */
  synchronized void mend(Consumer<String> damages) throws IOException {
    superblock.mend(disk, damages);
  }

  /** Makes the store one of a format; durable when this returns. */
  synchronized void raise(int version) throws IOException {
    if (isAtLeast(version)) {
      return;
    }
    Superblock raised = superblock.withFormat(version);
    // A copy of the old format, restored, would let an older Brindle in.
    raised.replaceCopy(disk);
    raised.write(disk);
    superblock = raised;
    Logger.info("the store is of format {} now", version);
  }
}
