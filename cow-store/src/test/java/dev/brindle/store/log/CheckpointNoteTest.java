package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CheckpointNoteTest {
  private static final int BLOCKS = 64;

  private final FaultyDisk disk = new FaultyDisk();
  private final StoreId store = new StoreId(1, 2);

  private void note(long segment, long checkpoint) throws IOException {
    try (SegmentFile file = SegmentFile.open(disk, store, segment, BLOCKS, OpenMode.READ_WRITE)) {
      CheckpointNote.write(file, store, BLOCKS, checkpoint);
    }
  }

  /** A crash may take the groups of the last segment, which is a spare then, and leave its note. */
  @Test
  void noteInASpare_doesNotHideALaterOne() throws IOException {
    disk.createDirectory(LogFormat.DIRECTORY);
    try (OpenSegments files = new OpenSegments(disk, store, BLOCKS)) {
      new Spares(disk, store, BLOCKS, files, null, 1).ensure(4);
    }
    assertEquals(0, CheckpointNote.newest(disk, store, BLOCKS));
    note(1, 3);
    assertEquals(3, CheckpointNote.newest(disk, store, BLOCKS));
    note(3, 5);
    assertEquals(5, CheckpointNote.newest(disk, store, BLOCKS));
    note(2, 8);
    assertEquals(8, CheckpointNote.newest(disk, store, BLOCKS));
    note(3, 9);
    assertEquals(9, CheckpointNote.newest(disk, store, BLOCKS));
  }
}
