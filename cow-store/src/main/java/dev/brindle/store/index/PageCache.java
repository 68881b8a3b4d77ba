package dev.brindle.store.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pages read from {@code index.db} that are read over and over: MapDB's index of units above all.
 * Whole units are not kept here; what is decoded from them is cached further up.
 *
 * <p>A page is read under its key's lock, and a checkpoint replaces what it changed under the same
 * lock after the change is on disk, so no page older than that can enter afterwards.
 */
final class PageCache {
  interface Loader {
    byte[] load(int page) throws IOException;
  }

  private final Map<Integer, byte[]> pages = new ConcurrentHashMap<>();
  private final int pagesMax;

  PageCache(int pagesMax) {
    this.pagesMax = pagesMax;
  }

  byte[] get(int page, Loader loader) throws IOException {
    byte[] cached = pages.get(page);
    if (cached != null) {
      return cached;
    }
    makeRoom();
    try {
      return pages.computeIfAbsent(
          page,
          key -> {
            try {
              return loader.load(key);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Takes over new contents of pages that are in the cache. */
  void replace(Map<Integer, byte[]> changed) {
    changed.forEach((page, content) -> pages.computeIfPresent(page, (key, old) -> content));
  }

  /** Drops a part of a full cache, whichever comes first. */
  private void makeRoom() {
    if (pages.size() < pagesMax) {
      return;
    }
    Iterator<Integer> victims = pages.keySet().iterator();
    for (int i = 0; i < pagesMax / 4 && victims.hasNext(); i++) {
      victims.next();
      victims.remove();
    }
  }
}
