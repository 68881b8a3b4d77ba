package dev.brindle.store.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** The layout of {@code index.db} and of its copies; drawn in the package's description. */
final class PageFormat {
  static final String INDEX_FILE = "index.db";

  /** The one journal of format 1. */
  static final String OLD_JOURNAL_FILE = "index.journal";

  static final int PAGE_SHIFT = 12;
  static final int PAGE_BYTES = 1 << PAGE_SHIFT;

  static final long INDEX_MAGIC = 0x4252_4E44_4C49_4458L; // BRNDLIDX
  static final long JOURNAL_MAGIC = 0x4252_4E44_4C49_4A4CL; // BRNDLIJL
  static final long MARK_MAGIC = 0x4252_4E44_4C49_4D4BL; // BRNDLIMK

  /** Format 1 had {@code index.journal} and no copies; what both have looks the same. */
  static final int VERSION = 2;

  static final int MAGIC = 0;
  static final int VERSION_AT = MAGIC + Long.BYTES;
  static final int CRC = VERSION_AT + Integer.BYTES;
  static final int STORE_ID = CRC + Integer.BYTES;
  static final int CHECKPOINT = STORE_ID + 2 * Long.BYTES;
  static final int PAGE_COUNT = CHECKPOINT + Long.BYTES;
  static final int ROOT = PAGE_COUNT + Long.BYTES;

  /** The length of a journal's first entry; less than a sector, so that it is never torn. */
  static final int MARK_BYTES = CHECKPOINT + Long.BYTES;

  /** Pages that one checksum page covers. */
  static final int COVERED = PAGE_BYTES / Integer.BYTES - 1;

  private static final int GROUP_PAGES = COVERED + 1;
  private static final int GOLDEN = 0x9E37_79B1;

  static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private PageFormat() {}

  /** Where in the file, in pages, MapDB's page stands. */
  static int place(int page) {
    return 2 + page / COVERED * GROUP_PAGES + page % COVERED;
  }

  static int checksumPlace(int group) {
    return 1 + group * GROUP_PAGES;
  }

  static boolean isChecksumPlace(int place) {
    return place % GROUP_PAGES == 1;
  }

  /** The group of a checksum page, given its place. */
  static int groupAt(int checksumPlace) {
    return checksumPlace / GROUP_PAGES;
  }

  /**
   * Which of MapDB's pages stands at a place that is neither the header's nor a checksum page's.
   */
  static int pageAt(int place) {
    return (place - 2) / GROUP_PAGES * COVERED + (place - 2) % GROUP_PAGES;
  }

  static int groupOf(int page) {
    return page / COVERED;
  }

  static int groups(int pages) {
    return (pages + COVERED - 1) / COVERED;
  }

  /** The file's length, in bytes, with so many of MapDB's pages. */
  static long fileBytes(int pages) {
    return pages == 0 ? PAGE_BYTES : (place(pages - 1) + 1L) << PAGE_SHIFT;
  }

  /** A page's checksum; never 0. */
  static int checksum(int place, byte[] page) {
    return checksum(place, page, 0, PAGE_BYTES);
  }

  static int checksum(int place, byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    int mixed = (int) crc.getValue() ^ place * GOLDEN;
    return mixed == 0 ? 1 : mixed;
  }

  static long getLong(byte[] page, int at) {
    return (long) LONGS.get(page, at);
  }

  static void putLong(byte[] page, int at, long value) {
    LONGS.set(page, at, value);
  }

  static int getInt(byte[] page, int at) {
    return (int) INTS.get(page, at);
  }

  static void putInt(byte[] page, int at, int value) {
    INTS.set(page, at, value);
  }
}
