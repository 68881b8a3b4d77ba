package dev.brindle.store.scrub;

import dev.brindle.store.index.Index;
import java.io.IOException;

/** Reads every page of the index from the disk. */
final class IndexPass {
  private static final int CHUNK_PAGES = 64;

  private final Index index;
  private final Damage damage;
  private final Pace pace;

  IndexPass(Index index, Damage damage, Pace pace) {
    this.index = index;
    this.damage = damage;
    this.pace = pace;
  }

  void run() throws StoppedException {
    int pages = index.pageCount();
    for (int first = 0; first < pages; first += CHUNK_PAGES) {
      int count = Math.min(CHUNK_PAGES, pages - first);
      try {
        index.verifyPages(first, count);
      } catch (IOException e) {
        onePerOne(first, count);
      }
      pace.read((long) count * Index.PAGE_BYTES);
    }
  }

  private void onePerOne(int first, int count) {
    for (int page = first; page < first + count; page++) {
      try {
        index.verifyPages(page, 1);
      } catch (IOException e) {
        damage.other(String.valueOf(e.getMessage()));
      }
    }
  }
}
