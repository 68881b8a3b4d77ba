package dev.brindle.store.volume;

import dev.brindle.store.DirectoryVisitor;
import java.io.IOException;
import java.util.List;

/**
 * Hands a directory's entries to a visitor, a batch at a time: no lock is held while it runs. What
 * fits one batch is listed as it was at one instant.
 */
final class Listing {
  /** Some entries behind a cookie. */
  interface Batches {
    List<TreeView.ListedEntry> after(long cookie) throws IOException;
  }

  private Listing() {}

  static void run(Batches batches, long cookie, DirectoryVisitor visitor) throws IOException {
    long position = cookie;
    List<TreeView.ListedEntry> batch = batches.after(position);
    while (!batch.isEmpty()) {
      for (TreeView.ListedEntry entry : batch) {
        if (!visitor.visit(entry.name(), entry.inode(), entry.mode(), entry.cookie())) {
          return;
        }
        position = entry.cookie();
      }
      if (batch.size() < TreeView.DIRECTORY_BATCH) {
        return;
      }
      batch = batches.after(position);
    }
  }
}
