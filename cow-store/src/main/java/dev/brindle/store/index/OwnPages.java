package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * MapDB's own pages of an index: its header and its table of where units are. Since units are made
 * one after the other and never deleted, these pages follow from how many there are; so one that is
 * damaged is made anew, by having MapDB make that many units again, on pages that keep nothing of
 * the units themselves.
 */
final class OwnPages {
  private static final byte[] UNIT = new byte[UnitFormat.UNIT_BYTES];

  static {
    // So that a unit's pages are told from pages that MapDB fills with zeros.
    Arrays.fill(UNIT, (byte) 1);
  }

  private final Map<Integer, byte[]> pages;

  private OwnPages(Map<Integer, byte[]> pages) {
    this.pages = pages;
  }

  /**
   * Those of the last checkpoint.
   *
   * @param isWritten which of all pages were ever written
   */
  static OwnPages of(IntPredicate isWritten) throws IOException {
    Shadow counted = new Shadow();
    Units units = new Units(new JournaledVolume(counted), false);
    long count = 0;
    while (isWritten.test(counted.lastUnitPage)) {
      units.make(UNIT);
      count++;
    }
    return new OwnPages(shadowOf(Math.max(0, count - 1)).own);
  }

  private static Shadow shadowOf(long count) throws IOException {
    Shadow shadow = new Shadow();
    Units units = new Units(new JournaledVolume(shadow), false);
    for (long made = 0; made < count; made++) {
      units.make(UNIT);
    }
    units.commit();
    return shadow;
  }

  /** The content of one of them that has this checksum; null when there is none. */
  byte @Nullable [] find(int place, int checksum) {
    byte[] content = pages.getOrDefault(PageFormat.pageAt(place), new byte[PAGE_BYTES]);
    return PageFormat.checksum(place, content) == checksum ? content : null;
  }

  /** Pages in memory, without those of units. */
  private static final class Shadow implements Pages {
    private final Map<Integer, byte[]> own = new HashMap<>();
    private int count;

    /** The page that a unit was put on last; before the first, MapDB's header. */
    private int lastUnitPage;

    @Override
    public int count() {
      return count;
    }

    @Override
    public void growTo(int pages) {
      count = Math.max(count, pages);
    }

    @Override
    public byte[] get(int page) {
      return own.getOrDefault(page, new byte[PAGE_BYTES]);
    }

    @Override
    public void copyTo(int first, int pages, byte[] target, int at) {
      for (int i = 0; i < pages; i++) {
        System.arraycopy(get(first + i), 0, target, at + i * PAGE_BYTES, PAGE_BYTES);
      }
    }

    @Override
    public byte[] changeable(int page) {
      return own.computeIfAbsent(page, p -> new byte[PAGE_BYTES]);
    }

    @Override
    public void put(int page, byte[] source, int at) {
      if (source[at] == UNIT[0]) {
        lastUnitPage = page;
      } else {
        own.put(page, Arrays.copyOfRange(source, at, at + PAGE_BYTES));
      }
    }

    @Override
    public void freeze() {}
  }
}
