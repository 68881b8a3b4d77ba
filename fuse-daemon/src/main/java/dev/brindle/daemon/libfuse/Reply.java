package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.Entry;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.SpaceStatistics;
import java.nio.ByteBuffer;

/**
 * The answer to one request after the other, on one thread. A request takes exactly one answer: a
 * second one would write through a pointer that libfuse freed with the first.
 */
final class Reply {
  private static final int FILE_INFO = FuseLayout.ENTRY_BYTES;
  private static final int STATVFS = FILE_INFO + FuseLayout.FILE_INFO_BYTES;

  private final FuseLibrary library;
  private final CachingOptions caching;
  private final NativeBuffer scratch = new NativeBuffer(STATVFS + FuseLayout.STATVFS_BYTES);
  private final StatMemory stat =
      new StatMemory(scratch.address() + FuseLayout.ENTRY_STAT, scratch.address() + STATVFS);

  /** 0 while there is none to answer. */
  private long request;

  Reply(FuseLibrary library, CachingOptions caching) {
    this.library = library;
    this.caching = caching;
  }

  void begin(long newRequest) {
    request = newRequest;
  }

  boolean isPending() {
    return request != 0;
  }

  void success() {
    error(0);
  }

  /**
   * @param errno the platform's number; 0 is success
   */
  void error(int errno) {
    library.fuse_reply_err(take(), errno);
  }

  /**
   * @param remembered whether the kernel may keep the name for a while
   * @return false when the caller was interrupted: the kernel does not know the node by this
   */
  boolean entry(Entry entry, boolean remembered) {
    putEntry(entry, remembered);
    return library.fuse_reply_entry(take(), scratch.address()) == 0;
  }

  void attributes(InodeAttributes attributes) {
    stat.put(attributes);
    library.fuse_reply_attr(
        take(), scratch.address() + FuseLayout.ENTRY_STAT, caching.attributeSeconds());
  }

  /**
   * @return false when the caller was interrupted: no release will come for the handle
   */
  boolean opened(long handle, boolean keepCache) {
    putFileInfo(handle, keepCache);
    return library.fuse_reply_open(take(), scratch.address() + FILE_INFO) == 0;
  }

  /** As {@link #opened}, for a file that was just made. */
  boolean created(Entry entry, long handle, boolean remembered) {
    putEntry(entry, remembered);
    putFileInfo(handle, false);
    return library.fuse_reply_create(take(), scratch.address(), scratch.address() + FILE_INFO) == 0;
  }

  void written(int count) {
    library.fuse_reply_write(take(), count);
  }

  /** The buffer's first bytes. */
  void bytes(NativeBuffer buffer, int count) {
    library.fuse_reply_buf(take(), buffer.address(), count);
  }

  /** How large an extended attribute or the list of them is. */
  void size(int count) {
    library.fuse_reply_xattr(take(), count);
  }

  void space(SpaceStatistics space) {
    stat.put(space);
    library.fuse_reply_statfs(take(), scratch.address() + STATVFS);
  }

  private void putEntry(Entry entry, boolean remembered) {
    stat.put(entry.attributes());
    ByteBuffer bytes = scratch.bytes();
    bytes.putLong(FuseLayout.ENTRY_INODE, entry.node());
    bytes.putLong(FuseLayout.ENTRY_GENERATION, 1);
    bytes.putDouble(FuseLayout.ENTRY_ATTRIBUTE_TIMEOUT, caching.attributeSeconds());
    bytes.putDouble(FuseLayout.ENTRY_ENTRY_TIMEOUT, remembered ? caching.entrySeconds() : 0);
  }

  private void putFileInfo(long handle, boolean keepCache) {
    ByteBuffer bytes = scratch.bytes();
    bytes.putInt(FILE_INFO + FuseLayout.FILE_INFO_BITS, keepCache ? FuseLayout.KEEP_CACHE_BIT : 0);
    bytes.putLong(FILE_INFO + FuseLayout.FILE_INFO_HANDLE, handle);
  }

  private long take() {
    if (request == 0) {
      throw new IllegalStateException("a second answer to one request");
    }
    long taken = request;
    request = 0;
    return taken;
  }
}
