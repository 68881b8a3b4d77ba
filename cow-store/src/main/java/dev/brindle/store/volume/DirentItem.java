package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The item of all entries of one directory whose names have the same hash; nearly always one. Each
 * has a slot that it keeps, so that its cookie (the item's offset + slot + 16) stays while others
 * come and go.
 *
 * <pre>
 *   for each entry:  slot 1 | inode 8 | type 1 | length 1 | name
 * </pre>
 *
 * The type is the upper four bits of {@code st_mode}, shifted down by 12.
 */
public final class DirentItem {
  /** Slots of an item are 0 to 47: with the 16 cookies that belong to others they fill 6 bits. */
  static final int SLOTS = 64;

  private static final int COOKIE_BASE = 16;
  private static final int SLOT_MAX = SLOTS - 1 - COOKIE_BASE;
  private static final int HEADER_LENGTH = 1 + 8 + 1 + 1;

  private DirentItem() {}

  /** An entry; {@code mode} has the type bits alone. */
  public record Entry(int slot, long inode, int mode, Name name) {
    long cookie(long itemOffset) {
      return itemOffset + slot + COOKIE_BASE;
    }
  }

  /** The item's offset for a cookie; entries of earlier items come before it. */
  static long itemOffset(long cookie) {
    return cookie < COOKIE_BASE ? 0 : (cookie - COOKIE_BASE) & ~(SLOTS - 1L);
  }

  /**
   * @throws CorruptStoreException the item is cut off
   */
  public static List<Entry> decode(byte[] value) throws CorruptStoreException {
    List<Entry> entries = new ArrayList<>(1);
    ByteBuffer in = ByteBuffer.wrap(value);
    try {
      while (in.hasRemaining()) {
        int slot = in.get();
        long inode = in.getLong();
        int mode = in.get() << 12;
        byte[] name = new byte[in.get() & 0xff];
        in.get(name);
        entries.add(new Entry(slot, inode, mode, Name.of(name)));
      }
    } catch (BufferUnderflowException e) {
      throw new CorruptStoreException("index.db", -1, "an item of directory entries is cut off");
    }
    return entries;
  }

  static @Nullable Entry find(byte @Nullable [] value, Name name) throws CorruptStoreException {
    if (value == null) {
      return null;
    }
    for (Entry entry : decode(value)) {
      if (entry.name.equals(name)) {
        return entry;
      }
    }
    return null;
  }

  /**
   * @throws FileSystemException ENOSPC when 48 names have the same hash
   */
  static void refuseFull(byte @Nullable [] value) throws IOException {
    if (value != null && decode(value).size() > SLOT_MAX) {
      throw new FileSystemException(Errno.ENOSPC);
    }
  }

  /** The item with one more entry; it must not be full. */
  public static byte[] with(byte @Nullable [] value, Name name, long inode, int mode)
      throws CorruptStoreException {
    List<Entry> entries = value == null ? new ArrayList<>(1) : decode(value);
    int slot = 0;
    for (Entry entry : entries) {
      slot = Math.max(slot, entry.slot + 1);
    }
    if (slot > SLOT_MAX) {
      slot = freeSlot(entries);
    }
    entries.add(new Entry(slot, inode, mode & FileMode.TYPE_MASK, name));
    return encode(entries);
  }

  /** The item without an entry; null when that was the last. */
  public static byte @Nullable [] without(byte[] value, Name name) throws CorruptStoreException {
    List<Entry> entries = decode(value);
    entries.removeIf(entry -> entry.name.equals(name));
    return entries.isEmpty() ? null : encode(entries);
  }

  private static int freeSlot(List<Entry> entries) {
    for (int slot = 0; slot <= SLOT_MAX; slot++) {
      int candidate = slot;
      if (entries.stream().noneMatch(entry -> entry.slot == candidate)) {
        return slot;
      }
    }
    throw new IllegalStateException("no slot left: " + entries.size() + " entries");
  }

  /** The item of some entries. */
  public static byte[] encode(List<Entry> entries) {
    int length = 0;
    for (Entry entry : entries) {
      length += HEADER_LENGTH + entry.name.length();
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    for (Entry entry : entries) {
      out.put((byte) entry.slot).putLong(entry.inode).put((byte) (entry.mode >>> 12));
      out.put((byte) entry.name.length()).put(entry.name.bytes());
    }
    return out.array();
  }
}
