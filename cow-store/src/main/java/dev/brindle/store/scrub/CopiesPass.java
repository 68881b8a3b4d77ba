package dev.brindle.store.scrub;

import dev.brindle.store.index.CopyVerifier;
import dev.brindle.store.volume.OpenStore;
import java.io.IOException;

/** Reads every page of the index's copies, and the superblock with its copy. */
final class CopiesPass {
  private final OpenStore store;
  private final Damage damage;
  private final Pace pace;

  CopiesPass(OpenStore store, Damage damage, Pace pace) {
    this.store = store;
    this.damage = damage;
    this.pace = pace;
  }

  void run() throws IOException, StoppedException {
    store.mendSuperblocks(damage::other);
    CopyVerifier copies = store.index().verifyCopies();
    for (long bytes = copies.step(damage::other); bytes > 0; bytes = copies.step(damage::other)) {
      pace.read(bytes);
    }
    store.renewCopiesSoon();
  }
}
