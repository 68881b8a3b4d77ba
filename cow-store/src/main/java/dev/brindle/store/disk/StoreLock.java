package dev.brindle.store.disk;

import dev.brindle.store.StoreLockedException;
import dev.brindle.store.Timestamp;
import dev.brindle.store.UncleanEnd;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process's hold on a store: a lock of the host on the file {@code lock}, which says in one
 * line whose it is and since when. A holder that has closed the store empties the file, so what it
 * says at the next opening tells of an end that was none of that kind. One who only looks leaves
 * what was there behind his own line, so that it is still told when he is killed.
 *
 * <p>The host drops the lock when the process ends, and also when the process closes <i>any</i>
 * descriptor of the file; so inside one process a table says which stores are taken, and the file
 * is not even opened for those. {@link DirectoryHold} keeps others away also when the file was
 * deleted.
 */
public final class StoreLock implements Closeable {
  static final String FILE_NAME = "lock";
  private static final String SINCE = " since ";
  private static final int TEXT_BYTES_MAX = 512;

  /** In the line of one who changes nothing: what was there before follows in the next one. */
  private static final String LOOKS = ", only to look";

  private static final Set<Path> TAKEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;
  private final DirectoryHold hold;

  /** What the file said when it was taken. */
  private final String before;

  private final @Nullable UncleanEnd uncleanEnd;

  private StoreLock(
      Path directory,
      FileChannel channel,
      DirectoryHold hold,
      String before,
      @Nullable UncleanEnd uncleanEnd) {
    this.directory = directory;
    this.channel = channel;
    this.hold = hold;
    this.before = before;
    this.uncleanEnd = uncleanEnd;
  }

  /**
   * @param changes whether the holder changes anything
   */
  static StoreLock take(Path directory, String holder, boolean changes) throws IOException {
    if (!TAKEN_HERE.add(directory)) {
      throw new StoreLockedException(directory, "this process");
    }
    try {
      return takeFile(directory, holder, changes);
    } catch (IOException | RuntimeException e) {
      TAKEN_HERE.remove(directory);
      throw e;
    }
  }

  private static StoreLock takeFile(Path directory, String holder, boolean changes)
      throws IOException {
    FileChannel channel = open(directory.resolve(FILE_NAME));
    try {
      if (channel.tryLock() == null) {
        throw new StoreLockedException(directory, holderOf(channel));
      }
      return takeDirectory(directory, holder, changes, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(
        file,
        options,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static StoreLock takeDirectory(
      Path directory, String holder, boolean changes, FileChannel channel) throws IOException {
    DirectoryHold hold = DirectoryHold.tryTake(directory);
    if (hold == null) {
      throw new StoreLockedException(
          directory, "another process, though its file \"" + FILE_NAME + "\" was deleted");
    }
    try {
      String before = withoutLooks(textOf(channel));
      UncleanEnd uncleanEnd = uncleanEnd(directory, before);
      String who = changes ? holder : holder + LOOKS;
      String line =
          "process %d (%s)".formatted(ProcessHandle.current().pid(), who)
              + SINCE
              + Timestamp.now().toInstant();
      say(channel, changes ? line : line + "\n" + before);
      return new StoreLock(directory, channel, hold, before, uncleanEnd);
    } catch (IOException | RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  /** What a text says of who changed something. */
  private static String withoutLooks(String text) {
    int end = text.indexOf('\n');
    String first = firstLine(text);
    return !first.contains(LOOKS) ? first : end < 0 ? "" : text.substring(end + 1);
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static void say(FileChannel channel, String line) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)), 0);
  }

  /**
   * What the file says of who has a store, or had it last and did not close it. A line that is
   * still there when that process has ended tells that not everything was written.
   *
   * @return empty when nobody does, or this process
   */
  public static String line(Path directory) throws IOException {
    if (TAKEN_HERE.contains(directory)) {
      return "";
    }
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(FILE_NAME),
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      return firstLine(textOf(channel));
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /**
   * Verifies that the file may be read without opening the store: it is no pipe of somebody's.
   *
   * @throws dev.brindle.store.StoreNotPrivateException it is not the owner's of the store alone
   */
  public static void verifyFile(Path directory) throws IOException {
    StorePrivacy.verifyFile(directory, directory.resolve(FILE_NAME));
  }

  /**
   * Whether somebody has a store open now, this process or another. It is taken for an instant, in
   * which others are refused.
   *
   * @throws IOException also when the directory is not the user's
   */
  public static boolean isHeld(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (TAKEN_HERE.contains(real)) {
      return true;
    }
    try (FileChannel channel =
        FileChannel.open(
            real.resolve(FILE_NAME), Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
      if (channel.tryLock() == null) {
        return true;
      }
    } catch (NoSuchFileException e) {
      // deleted, or never made
    }
    try (DirectoryHold hold = DirectoryHold.tryTake(real)) {
      return hold == null;
    }
  }

  /**
   * Refuses a directory that is to become a store and has something of the lock's name that no
   * holder has left: taking the lock would overwrite it.
   */
  public static void refuseForeign(Path directory) throws IOException {
    Path file = directory.resolve(FILE_NAME);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isHolders(file, directory)) {
      throw new DirectoryNotEmptyException(FILE_NAME);
    }
  }

  private static boolean isHolders(Path file, Path directory) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    String line = line(directory);
    return line.isEmpty() || line.contains(SINCE);
  }

  private static String holderOf(FileChannel channel) throws IOException {
    String line = firstLine(textOf(channel));
    return line.isEmpty() ? "another process" : line;
  }

  private static String textOf(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(TEXT_BYTES_MAX);
    channel.read(text, 0);
    return StandardCharsets.UTF_8.decode(text.flip()).toString().strip();
  }

  /** The text that a holder leaves tells that it did not close; null when it did. */
  private static @Nullable UncleanEnd uncleanEnd(Path directory, String text) throws IOException {
    int since = text.lastIndexOf(SINCE);
    if (since < 0) {
      return null;
    }
    try {
      Instant opened = Instant.parse(text.substring(since + SINCE.length()));
      return new UncleanEnd(
          text.substring(0, since), timestamp(opened), timestamp(lastWrite(directory, opened)));
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static Timestamp timestamp(Instant instant) {
    return new Timestamp(instant.getEpochSecond(), instant.getNano());
  }

  private static Instant lastWrite(Path directory, Instant opened) throws IOException {
    try (Stream<Path> files = Files.walk(directory, 2)) {
      return files
          .filter(file -> directory.relativize(file).toString().matches("log/.*|index\\..*"))
          .map(file -> file.toFile().lastModified())
          .map(Instant::ofEpochMilli)
          .reduce(opened, (a, b) -> a.isAfter(b) ? a : b);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** How the holder before ended, when it did not close the store. */
  public @Nullable UncleanEnd uncleanEnd() {
    return uncleanEnd;
  }

  /** Notes that everything is written, before {@link #close}. */
  public void noteClosed() throws IOException {
    channel.truncate(0);
  }

  /** Has the file tell of the end before this holder, who changed nothing. */
  public void noteUnchanged() throws IOException {
    if (before.isEmpty()) {
      noteClosed();
    } else {
      say(channel, before);
    }
  }

  /** Lets the store go. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      hold.close();
      channel.close();
      TAKEN_HERE.remove(directory);
    }
  }
}
