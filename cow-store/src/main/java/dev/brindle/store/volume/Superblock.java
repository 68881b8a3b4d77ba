package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * What a store is: written as the last step of its creation, and again when its format is raised.
 *
 * <pre>
 *   magic 8 "BRINDLE\\0" | format version 4 | store id 16 | segment blocks 4 | name hash key 16 |
 *   CRC32C of what comes before 4
 * </pre>
 *
 * <pre>
 *   format 1   as it began
 *   format 2   blocks may be shared: counts in deadlists, the reference-count map, Share in the redo
 * </pre>
 *
 * @param format the oldest that has all that is in the store, 1 to {@link #FORMAT_VERSION}
 * @param segmentBlocks blocks of 4 KiB in a segment
 * @param hashKey0 the key of {@link NameHash}, its first half
 */
public record Superblock(
    int format, StoreId store, int segmentBlocks, long hashKey0, long hashKey1) {
  public static final String FILE = "superblock";

  /** The newest format that this Brindle reads. */
  public static final int FORMAT_VERSION = 2;

  /** The format from which on blocks may be shared. */
  static final int SHARING = 2;

  /** What a new store has. */
  private static final int FORMAT_FIRST = 1;

  private static final String COPY_DIRECTORY = "checkpoints";

  /** Written with it; read only when the superblock is lost. */
  public static final String COPY = COPY_DIRECTORY + "/superblock";

  private static final String UNFINISHED = ".new";
  private static final long MAGIC = 0x4252494e444c4500L;
  private static final int LENGTH = 8 + 4 + 16 + 4 + 16 + 4;
  private static final int SEGMENT_BLOCKS_MAX = 16_384;

  static Superblock create(int segmentBlocks) {
    SecureRandom random = new SecureRandom();
    return new Superblock(
        FORMAT_FIRST, StoreId.random(), segmentBlocks, random.nextLong(), random.nextLong());
  }

  Superblock withFormat(int newFormat) {
    return new Superblock(newFormat, store, segmentBlocks, hashKey0, hashKey1);
  }

  /** Makes the store be one; durable when this returns. */
  void write(Disk disk) throws IOException {
    write(disk, FILE, "");
  }

  /** Writes a second one beside the copies of the index, unless there is a sound one. */
  void writeCopy(Disk disk) throws IOException {
    if (problem(disk, COPY) != null) {
      write(disk, COPY, COPY_DIRECTORY);
    }
  }

  void replaceCopy(Disk disk) throws IOException {
    write(disk, COPY, COPY_DIRECTORY);
  }

  /**
   * Verifies both on the disk, and writes anew what is not as it must be.
   *
   * @param damages takes a sentence for each
   */
  void mend(Disk disk, Consumer<String> damages) throws IOException {
    for (String name : List.of(FILE, COPY)) {
      String problem = problem(disk, name);
      if (problem != null) {
        damages.accept(problem + "; it is written anew");
        write(disk, name, name.equals(FILE) ? "" : COPY_DIRECTORY);
      }
    }
  }

  /** What is wrong with one of the two; null when nothing is. */
  private @Nullable String problem(Disk disk, String name) throws IOException {
    if (!disk.exists(name)) {
      return name + " is missing";
    }
    try {
      return read(disk, name, Path.of("")).equals(this) ? null : name + " is another store's";
    } catch (CorruptStoreException | FormatTooNewException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      return name + " cannot be read: " + e.getMessage();
    }
  }

  private void write(Disk disk, String name, String directory) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(LENGTH);
    out.putLong(MAGIC).putInt(format).putLong(store.high()).putLong(store.low());
    out.putInt(segmentBlocks).putLong(hashKey0).putLong(hashKey1);
    out.putInt(checksum(out.array()));
    String unfinished = name + UNFINISHED;
    OpenMode mode = disk.exists(unfinished) ? OpenMode.READ_WRITE : OpenMode.CREATE;
    try (DiskFile file = disk.open(unfinished, mode)) {
      file.write(0, out.flip());
      file.sync();
    }
    disk.rename(unfinished, name);
    disk.syncDirectory(directory);
  }

  /**
   * Says, durably, that a store is being made here, until {@link #write} says that it is one: what
   * stands beside this file is nobody's data.
   */
  static void announce(Disk disk) throws IOException {
    disk.open(FILE + UNFINISHED, OpenMode.CREATE).close();
    disk.syncDirectory("");
  }

  /** Whether {@link #announce} was the last that was heard of a store here. */
  static boolean isAnnounced(Disk disk) throws IOException {
    return disk.exists(FILE + UNFINISHED);
  }

  /** Whether there was a store here for certain: the copy is made when the superblock is there. */
  static boolean hasCopy(Disk disk) throws IOException {
    return disk.exists(COPY_DIRECTORY) && disk.exists(COPY);
  }

  /** Whether a store was here, by its other files: one that is just being made announces it. */
  public static boolean isLost(Path directory) {
    return Files.isRegularFile(directory.resolve("index.db"))
        && Files.isDirectory(directory.resolve(COPY_DIRECTORY))
        && !Files.exists(directory.resolve(FILE + UNFINISHED));
  }

  /** As {@link #read}; one that is missing or damaged is written anew from its copy. */
  static Superblock readOrRestore(Disk disk, Path directory) throws IOException {
    try {
      return read(disk, directory);
    } catch (IndexLostException e) {
      Logger.debug(e.getMessage());
    }
    Superblock copy = read(disk, COPY, directory);
    copy.write(disk);
    Logger.warn("the superblock was missing or damaged; it is written anew from {}", COPY);
    return copy;
  }

  /**
   * @param directory for messages
   * @throws FormatTooNewException a newer Brindle wrote it
   * @throws IndexLostException it is missing or damaged, and there is a copy
   * @throws CorruptStoreException it is no superblock, or damaged, or both are missing
   */
  static Superblock read(Disk disk, Path directory) throws IOException {
    boolean copied = hasCopy(disk);
    if (!disk.exists(FILE)) {
      if (copied) {
        throw new IndexLostException(directory.toString(), "superblock", "is missing");
      }
      if (disk.exists("index.db") && !isAnnounced(disk)) {
        throw new CorruptStoreException(
            FILE,
            -1,
            "it is missing, and so is its copy, %s: nobody can read the store %s without it; put"
                    .formatted(COPY, directory)
                + " either of them back from a backup");
      }
      throw new NoSuchFileException(directory.toString(), null, "there is no Brindle store here");
    }
    try {
      return read(disk, FILE, directory);
    } catch (CorruptStoreException e) {
      if (!copied) {
        throw e;
      }
      IndexLostException lost =
          new IndexLostException(
              directory.toString(), "superblock", "cannot be used (" + e.getMessage() + ")");
      lost.initCause(e);
      throw lost;
    }
  }

  private static Superblock read(Disk disk, String name, Path directory) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(LENGTH);
    try (DiskFile file = disk.open(name, OpenMode.READ)) {
      file.read(0, in);
    }
    int length = in.position();
    in.flip();
    if (length < 12 || in.getLong() != MAGIC) {
      throw new CorruptStoreException(name, 0, "this is no superblock of a Brindle store");
    }
    int version = in.getInt();
    boolean sound = length == LENGTH && in.getInt(LENGTH - 4) == checksum(in.array());
    if (version > FORMAT_VERSION) {
      throw new FormatTooNewException(directory, version, FORMAT_VERSION);
    }
    if (!sound || version < 1) {
      throw new CorruptStoreException(name, 0, "checksum mismatch");
    }
    StoreId store = new StoreId(in.getLong(), in.getLong());
    int segmentBlocks = in.getInt();
    if (segmentBlocks <= 0 || segmentBlocks > SEGMENT_BLOCKS_MAX) {
      throw new CorruptStoreException(name, 28, "segments of " + segmentBlocks + " blocks");
    }
    return new Superblock(version, store, segmentBlocks, in.getLong(), in.getLong());
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, LENGTH - 4);
    return (int) crc.getValue();
  }
}
