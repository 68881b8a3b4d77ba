package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open file of the host.
 *
 * <p>A channel that an interrupt closed is opened again by the file's present name, and it is made
 * sure that the same file still stands there. What was written through the closed channel is in the
 * host's page cache, and a sync of the new one makes it durable, so nothing is lost.
 */
final class HostFile implements DiskFile {
  /** The JDK copies a heap buffer through a direct one that it keeps for each thread. */
  private static final int HEAP_CHUNK_BYTES = 1 << 20;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 18).asReadOnlyBuffer();
  private static final int HOLE_BYTES = 4096;

  private final String name;
  private final boolean writable;
  private final Consumer<HostFile> onClose;
  private final @Nullable Object identity;
  private volatile Path path;
  private volatile FileChannel channel;
  private volatile boolean closed;

  private HostFile(
      String name, Path path, boolean writable, FileChannel channel, Consumer<HostFile> onClose)
      throws IOException {
    this.name = name;
    this.path = path;
    this.writable = writable;
    this.channel = channel;
    this.onClose = onClose;
    this.identity = identity(path);
  }

  static HostFile open(String name, Path path, Disk.OpenMode mode, Consumer<HostFile> onClose)
      throws IOException {
    boolean writable = mode != Disk.OpenMode.READ;
    FileChannel channel =
        mode == Disk.OpenMode.CREATE ? create(path) : FileChannel.open(path, options(writable));
    try {
      return new HostFile(name, path, writable, channel, onClose);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel create(Path path) throws IOException {
    Set<OpenOption> options = new HashSet<>(options(true));
    options.add(StandardOpenOption.CREATE_NEW);
    FileAttribute<?> mode =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    return FileChannel.open(path, options, mode);
  }

  private static Set<OpenOption> options(boolean writable) {
    Set<OpenOption> options = new HashSet<>();
    options.add(StandardOpenOption.READ);
    options.add(LinkOption.NOFOLLOW_LINKS);
    if (writable) {
      options.add(StandardOpenOption.WRITE);
    }
    return options;
  }

  private static @Nullable Object identity(Path path) throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isRegularFile()) {
      throw new FileSystemException(
          path.toString(), null, "it is no file, and a store has one there; move it away");
    }
    return found.fileKey();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int read(long offset, ByteBuffer target) throws IOException {
    int start = target.position();
    int end = target.limit();
    try {
      Interrupts.retrying(
          () -> {
            target.limit(end).position(start);
            readFully(open(), offset, target, end);
          });
    } finally {
      target.limit(end);
    }
    return target.position() - start;
  }

  private static void readFully(FileChannel from, long offset, ByteBuffer target, int end)
      throws IOException {
    long at = offset;
    while (target.position() < end) {
      target.limit(chunkEnd(target, end));
      int count = from.read(target, at);
      if (count < 0) {
        return;
      }
      at += count;
    }
  }

  @Override
  public void startRead(long offset, long length) {
    RangeHints.startRead(path, offset, length);
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    int start = source.position();
    int end = source.limit();
    try {
      Interrupts.retrying(
          () -> {
            source.limit(end).position(start);
            writeFully(open(), offset, source, end);
          });
    } catch (IOException e) {
      throw HostErrors.translated(name, e);
    } finally {
      source.limit(end);
    }
  }

  private static void writeFully(FileChannel to, long offset, ByteBuffer source, int end)
      throws IOException {
    long at = offset;
    while (source.position() < end) {
      source.limit(chunkEnd(source, end));
      at += to.write(source, at);
    }
  }

  private static int chunkEnd(ByteBuffer buffer, int end) {
    return buffer.isDirect() ? end : Math.min(end, buffer.position() + HEAP_CHUNK_BYTES);
  }

  @Override
  public void sync() throws IOException {
    try {
      Interrupts.retrying(() -> open().force(false));
    } catch (IOException e) {
      throw HostErrors.translated(name, e);
    }
  }

  @Override
  public void startWriteBack(long offset, long length) {
    RangeHints.startWriteBack(path, offset, length);
  }

  @Override
  public void allocate(long offset, long length) throws IOException {
    if (length == 0) {
      return;
    }
    open();
    if (!Preallocation.tryAllocate(name, path, length(), offset, length)) {
      allocateByWriting(offset, length);
    }
  }

  /** Writes zeros where the file ends before the range's end, and again where it reads as zeros. */
  void allocateByWriting(long offset, long length) throws IOException {
    long end = offset + length;
    long fileEnd = length();
    ByteBuffer block = ByteBuffer.allocateDirect(HOLE_BYTES);
    for (long at = offset; at < Math.min(end, fileEnd); at += block.limit()) {
      block.clear().limit((int) Math.min(HOLE_BYTES, Math.min(end, fileEnd) - at));
      read(at, block);
      block.flip();
      if (block.equals(ZEROS.duplicate().limit(block.limit()))) {
        write(at, block);
      }
    }
    for (long at = Math.max(offset, fileEnd); at < end; at += ZEROS.capacity()) {
      write(at, ZEROS.duplicate().limit((int) Math.min(ZEROS.capacity(), end - at)));
    }
  }

  @Override
  public long length() throws IOException {
    long[] length = new long[1];
    Interrupts.retrying(() -> length[0] = open().size());
    return length[0];
  }

  @Override
  public void truncate(long length) throws IOException {
    long current = length();
    if (length < current) {
      Interrupts.retrying(() -> open().truncate(length));
    } else if (length > current) {
      write(length - 1, ByteBuffer.allocate(1));
    }
  }

  /** The channel; a new one when an interrupt closed the last. */
  private FileChannel open() throws IOException {
    FileChannel current = channel;
    return current.isOpen() ? current : reopened();
  }

  private synchronized FileChannel reopened() throws IOException {
    if (closed) {
      throw new IOException("file is closed: " + name);
    }
    if (!channel.isOpen()) {
      FileChannel again = FileChannel.open(path, options(writable));
      Object found = identity(path);
      if (found == null || !found.equals(identity)) {
        again.close();
        throw new IOException("another file took the place of " + name);
      }
      channel = again;
    }
    return channel;
  }

  void renamed(Path from, Path to) {
    if (path.equals(from)) {
      path = to;
    }
  }

  /** Leaves the file as a {@link Thread#interrupt} does, for tests. */
  void closeChannelAsAnInterruptDoes() throws IOException {
    channel.close();
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      onClose.accept(this);
      channel.close();
    }
  }
}
