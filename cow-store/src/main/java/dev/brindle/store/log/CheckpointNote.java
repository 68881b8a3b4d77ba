package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.tinylog.Logger;

/**
 * A note in the log that a checkpoint is durable, in the block of the head that no group uses, its
 * last; drawn in the package's description. Whoever finds it knows that an index of an earlier
 * checkpoint is not the last that there was.
 */
public final class CheckpointNote {
  private static final int CRC = Long.BYTES;
  private static final int STORE = CRC + Integer.BYTES;
  private static final int SEGMENT = STORE + 2 * Long.BYTES;
  private static final int CHECKPOINT = SEGMENT + Long.BYTES;

  /** Less than a sector, so that it is never torn. */
  private static final int BYTES = CHECKPOINT + Long.BYTES;

  private CheckpointNote() {}

  /** Writes it over the one before; not synced. */
  static void write(SegmentFile head, StoreId store, int segmentBlocks, long checkpoint)
      throws IOException {
    head.file()
        .write(head.offset(segmentBlocks - 1), encode(store, head.number(), checkpoint).clear());
  }

  private static ByteBuffer encode(StoreId store, long segment, long checkpoint) {
    ByteBuffer note = ByteBuffer.allocate(BYTES);
    note.putLong(0, LogFormat.NOTE_MAGIC);
    note.putLong(STORE, store.high());
    note.putLong(STORE + Long.BYTES, store.low());
    note.putLong(SEGMENT, segment);
    note.putLong(CHECKPOINT, checkpoint);
    note.putInt(CRC, Buffers.crc(note, 0, BYTES));
    return note;
  }

  /**
   * The last checkpoint that a note tells of; 0 when there is none. Reads a block of each segment
   * from the last one down to the second that has a note: the last may be a spare now, that a crash
   * took all groups from, with a note of before.
   */
  public static long newest(Disk disk, StoreId store, int segmentBlocks) throws IOException {
    if (!disk.exists(LogFormat.DIRECTORY)) {
      return 0;
    }
    List<String> names = disk.list(LogFormat.DIRECTORY);
    long newest = 0;
    int notes = 0;
    for (int i = names.size() - 1; i >= 0 && notes < 2; i--) {
      long number = LogFormat.segmentNumber(names.get(i));
      long found = number < 0 ? 0 : read(disk, store, segmentBlocks, number);
      newest = Math.max(newest, found);
      notes += found > 0 ? 1 : 0;
    }
    return newest;
  }

  private static long read(Disk disk, StoreId store, int segmentBlocks, long number)
      throws IOException {
    ByteBuffer note = ByteBuffer.allocate(BYTES);
    try (DiskFile file = disk.open(LogFormat.segmentName(number), Disk.OpenMode.READ)) {
      file.read((long) segmentBlocks * BLOCK_BYTES, note);
    } catch (IOException e) {
      Logger.warn(e, "the note in {} cannot be read", LogFormat.segmentName(number));
    }
    long checkpoint = note.hasRemaining() ? 0 : note.getLong(CHECKPOINT);
    return encode(store, number, checkpoint).equals(note.clear()) ? checkpoint : 0;
  }
}
