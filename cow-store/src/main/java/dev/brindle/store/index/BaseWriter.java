package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes a base: first the pages, in the order of their places, then what says that they are whole,
 * then its name.
 */
final class BaseWriter implements Closeable {
  /** So much is on its way to the disk at a time: a sync of others must not wait for all of it. */
  private static final long UNSYNCED_BYTES_MAX = 16 << 20;

  private final Disk disk;
  private final PageRecord record;
  private final PageRecord.Head head;
  private long unsyncedBytes;
  private int written;

  private BaseWriter(Disk disk, StoreId store, PageRecord record) {
    this.disk = disk;
    this.record = record;
    this.head = record.head(store);
  }

  /** Begins a base of so many pages, whose space is reserved. */
  static BaseWriter begin(Disk disk, StoreId store, long checkpoint, int pages) throws IOException {
    String name = CopyFiles.unfinishedBase(checkpoint);
    if (disk.exists(name)) {
      disk.delete(name);
    }
    DiskFile file = disk.open(name, OpenMode.CREATE);
    try {
      file.allocate(0, PageRecord.bytes(pages));
    } catch (IOException | RuntimeException e) {
      file.close();
      disk.delete(name);
      throw e;
    }
    return new BaseWriter(disk, store, new PageRecord(file, 0, checkpoint, pages));
  }

  void add(List<PageImage> images) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(images.size() * PAGE_BYTES);
    long at = record.pageAt(written);
    for (PageImage image : images) {
      buffer.put(image.content());
      head.add(image);
      written++;
    }
    record.file().write(at, buffer.flip());
    unsyncedBytes += buffer.limit();
    if (unsyncedBytes > UNSYNCED_BYTES_MAX) {
      record.file().sync();
      unsyncedBytes = 0;
    }
  }

  /** Makes it a base; durable on return. */
  void finish() throws IOException {
    if (written != record.pages()) {
      throw new IllegalStateException(written + " pages of " + record.pages());
    }
    head.finish();
    record.file().sync();
    disk.rename(CopyFiles.unfinishedBase(record.checkpoint()), CopyFiles.base(record.checkpoint()));
    disk.syncDirectory(CopyFiles.DIRECTORY);
  }

  /** Closes the file; one that is not finished is deleted. */
  @Override
  public void close() throws IOException {
    record.file().close();
    String name = CopyFiles.unfinishedBase(record.checkpoint());
    if (disk.exists(name)) {
      disk.delete(name);
    }
  }
}
