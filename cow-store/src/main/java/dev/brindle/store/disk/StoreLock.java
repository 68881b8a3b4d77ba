package dev.brindle.store.disk;

import dev.brindle.store.StoreLockedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One process's hold on a store: a lock of the host on the file {@code lock}, which says in one
 * line whose it is.
 *
 * <p>The host drops the lock when the process ends, and also when the process closes <i>any</i>
 * descriptor of the file; so inside one process a table says which stores are taken, and the file
 * is not even opened for those.
 */
public final class StoreLock implements Closeable {
  static final String FILE_NAME = "lock";
  private static final int TEXT_BYTES_MAX = 256;
  private static final Set<Path> TAKEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private StoreLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  static StoreLock take(Path directory, String holder) throws IOException {
    if (!TAKEN_HERE.add(directory)) {
      throw new StoreLockedException(directory, "this process");
    }
    try {
      return takeFile(directory, holder);
    } catch (IOException | RuntimeException e) {
      TAKEN_HERE.remove(directory);
      throw e;
    }
  }

  private static StoreLock takeFile(Path directory, String holder) throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(FILE_NAME),
            options,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (channel.tryLock() == null) {
        throw new StoreLockedException(directory, holderOf(channel));
      }
      String text = "process " + ProcessHandle.current().pid() + " (" + holder + ")\n";
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
      return new StoreLock(directory, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String holderOf(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(TEXT_BYTES_MAX);
    channel.read(text, 0);
    String line = StandardCharsets.UTF_8.decode(text.flip()).toString().strip();
    return line.isEmpty() ? "another process" : line;
  }

  /** Lets the store go. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      TAKEN_HERE.remove(directory);
    }
  }
}
