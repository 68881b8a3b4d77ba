package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.mapdb.DBException;
import org.mapdb.DataInput2;
import org.mapdb.volume.Volume;

/**
 * The address space that MapDB works on: {@link Pages} as one range of bytes. MapDB locks the bytes
 * that it reads and writes; its commit ends in {@link #sync}, which is the freeze.
 */
final class JournaledVolume extends Volume {
  private static final int PAGE_MASK = PAGE_BYTES - 1;

  private final Pages pages;

  JournaledVolume(Pages pages) {
    this.pages = pages;
  }

  private byte[] page(long offset) {
    try {
      return pages.get(pageOf(offset));
    } catch (IOException e) {
      throw new DBException.VolumeIOError(e);
    }
  }

  private byte[] changeable(long offset) {
    try {
      return pages.changeable(pageOf(offset));
    } catch (IOException e) {
      throw new DBException.VolumeIOError(e);
    }
  }

  private static int pageOf(long offset) {
    if (offset < 0 || offset >>> PAGE_SHIFT > Integer.MAX_VALUE) {
      throw new DBException.VolumeIOError(
          new CorruptStoreException(
              PageFormat.INDEX_FILE, -1, "MapDB asks for offset " + Long.toHexString(offset)));
    }
    return (int) (offset >>> PAGE_SHIFT);
  }

  private static int within(long offset) {
    return (int) offset & PAGE_MASK;
  }

  /** Freezes; touches memory only. */
  @Override
  public void sync() {
    pages.freeze();
  }

  @Override
  public void ensureAvailable(long offset) {
    pages.growTo(pageOf(offset + PAGE_MASK));
  }

  @Override
  public void truncate(long size) {
    throw new UnsupportedOperationException("the index is not compacted");
  }

  /** MapDB often sets what is there already; then the page stays clean. */
  @Override
  public void putLong(long offset, long value) {
    if (getLong(offset) != value) {
      PageFormat.putLong(changeable(offset), within(offset), value);
    }
  }

  @Override
  public void putInt(long offset, int value) {
    if (getInt(offset) != value) {
      PageFormat.putInt(changeable(offset), within(offset), value);
    }
  }

  @Override
  public void putByte(long offset, byte value) {
    changeable(offset)[within(offset)] = value;
  }

  @Override
  public void putData(long offset, byte[] source, int from, int size) {
    int done = 0;
    while (done < size) {
      int within = within(offset + done);
      int part = Math.min(size - done, PAGE_BYTES - within);
      if (part == PAGE_BYTES) {
        pages.put(pageOf(offset + done), source, from + done);
      } else {
        System.arraycopy(source, from + done, changeable(offset + done), within, part);
      }
      done += part;
    }
  }

  @Override
  public void putData(long offset, ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    putData(offset, bytes, 0, bytes.length);
  }

  @Override
  public long getLong(long offset) {
    return PageFormat.getLong(page(offset), within(offset));
  }

  @Override
  public int getInt(long offset) {
    return PageFormat.getInt(page(offset), within(offset));
  }

  @Override
  public byte getByte(long offset) {
    return page(offset)[within(offset)];
  }

  @Override
  public DataInput2 getDataInput(long offset, int size) {
    byte[] bytes = new byte[size];
    getData(offset, bytes, 0, size);
    return new DataInput2.ByteArray(bytes);
  }

  @Override
  public void getData(long offset, byte[] target, int at, int size) {
    if (within(offset) == 0 && within(size) == 0) {
      getWholePages(offset, target, at, size);
      return;
    }
    int done = 0;
    while (done < size) {
      int within = within(offset + done);
      int part = Math.min(size - done, PAGE_BYTES - within);
      System.arraycopy(page(offset + done), within, target, at + done, part);
      done += part;
    }
  }

  private void getWholePages(long offset, byte[] target, int at, int size) {
    try {
      pages.copyTo(pageOf(offset), size >>> PAGE_SHIFT, target, at);
    } catch (IOException e) {
      throw new DBException.VolumeIOError(e);
    }
  }

  @Override
  public void clear(long start, long end) {
    putData(start, new byte[Math.toIntExact(end - start)], 0, (int) (end - start));
  }

  @Override
  public int sliceSize() {
    return -1;
  }

  @Override
  public boolean isSliced() {
    return false;
  }

  @Override
  public long length() {
    return (long) pages.count() << PAGE_SHIFT;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public @Nullable File getFile() {
    return null;
  }

  @Override
  public boolean getFileLocked() {
    return false;
  }

  /** What MapDB would call; the index closes the files itself. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("the index is closed by its owner");
  }
}
