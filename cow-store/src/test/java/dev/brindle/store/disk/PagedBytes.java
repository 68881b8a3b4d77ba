package dev.brindle.store.disk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in pages that copies share until one of them changes, so that a copy of a disk costs little
 * however much is on it, and however much was written to it since it was synced. A page that was
 * never written is none, and reads as zeros.
 */
final class PagedBytes {
  private static final int PAGE_BYTES = 4096;
  private static final byte[] ZEROS = new byte[PAGE_BYTES];

  /**
   * A page.
   *
   * @param from where it begins in the bytes, which may be those of a write
   * @param owner the copy that may change it in place; null when none may
   */
  private record Page(byte[] bytes, int from, @Nullable Object owner) {}

  private @Nullable Page[] pages = new Page[0];

  /** Whether another copy has the same array. */
  private boolean isShared;

  private Object owner = new Object();
  private int length;

  int length() {
    return length;
  }

  PagedBytes copy() {
    PagedBytes copy = new PagedBytes();
    copy.pages = pages;
    copy.isShared = true;
    copy.length = length;
    isShared = true;
    owner = new Object();
    return copy;
  }

  private void unshare() {
    if (isShared) {
      pages = pages.clone();
      isShared = false;
    }
  }

  void resize(int newLength) {
    if (newLength < length) {
      unshare();
      int keep = pagesFor(newLength);
      Arrays.fill(pages, keep, pages.length, null);
      int tail = newLength % PAGE_BYTES;
      if (tail != 0 && pages[keep - 1] != null) {
        Arrays.fill(changeable(keep - 1), tail, PAGE_BYTES, (byte) 0);
      }
    } else if (pagesFor(newLength) > pages.length) {
      pages = Arrays.copyOf(pages, Math.max(pagesFor(newLength), pages.length * 3 / 2));
      isShared = false;
    }
    length = newLength;
  }

  private static int pagesFor(int bytes) {
    return (int) (((long) bytes + PAGE_BYTES - 1) / PAGE_BYTES);
  }

  private byte[] changeable(int index) {
    unshare();
    Page page = pages[index];
    if (page == null || page.owner != owner) {
      byte[] bytes = new byte[PAGE_BYTES];
      if (page != null) {
        System.arraycopy(page.bytes, page.from, bytes, 0, PAGE_BYTES);
      }
      page = new Page(bytes, 0, owner);
      pages[index] = page;
    }
    return page.bytes;
  }

  /**
   * Writes bytes.
   *
   * @param bytes never changed by anybody afterwards: whole pages of them are not copied
   */
  void put(int offset, byte[] bytes, int from, int count) {
    if (offset + count > length) {
      resize(offset + count);
    }
    int done = 0;
    while (done < count) {
      int at = offset + done;
      int part = Math.min(count - done, PAGE_BYTES - at % PAGE_BYTES);
      if (part == PAGE_BYTES) {
        unshare();
        pages[at / PAGE_BYTES] = new Page(bytes, from + done, null);
      } else {
        byte[] page = changeable(at / PAGE_BYTES);
        System.arraycopy(bytes, from + done, page, at % PAGE_BYTES, part);
      }
      done += part;
    }
  }

  void get(int offset, java.nio.ByteBuffer target, int count) {
    int done = 0;
    while (done < count) {
      int at = offset + done;
      int part = Math.min(count - done, PAGE_BYTES - at % PAGE_BYTES);
      Page page = pages[at / PAGE_BYTES];
      int from = (page == null ? 0 : page.from) + at % PAGE_BYTES;
      target.put(page == null ? ZEROS : page.bytes, from, part);
      done += part;
    }
  }

  void flipBit(long bit) {
    int at = (int) (bit / 8);
    changeable(at / PAGE_BYTES)[at % PAGE_BYTES] ^= (byte) (1 << bit % 8);
  }
}
