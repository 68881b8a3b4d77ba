package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host is asked to write early, seen from the disk. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EarlyWriteBackTest {
  private static final int BLOCK = LogFormat.BLOCK_BYTES;
  private static final int SEGMENT_BLOCKS = 1024;
  private static final int LONG_GROUP = EarlyWriteBack.GROUP_BLOCKS_MIN;

  private final AskedDisk disk = new AskedDisk();
  private Log log;

  @BeforeEach
  void newLog() throws IOException {
    log = Log.create(disk, new StoreId(1, 2), SEGMENT_BLOCKS, 1 << 20);
  }

  @AfterEach
  void closeLog() throws IOException {
    log.close();
  }

  @Test
  void longGroups_areAskedFor_inEachSegment() throws Exception {
    log.startMaintenance();
    for (int i = 0; i < 6; i++) {
      append(LONG_GROUP);
    }
    for (long address : List.of(append(LONG_GROUP), append(LONG_GROUP))) {
      disk.awaitAsked(address, LONG_GROUP);
    }
    assertTrue(disk.segments() >= 3, "segments: " + disk.segments());
  }

  @Test
  void shortGroups_areLeftToTheHost() throws Exception {
    log.startMaintenance();
    long first = append(LONG_GROUP / 2);
    long last = append(LONG_GROUP);
    disk.awaitAsked(last, LONG_GROUP);
    assertEquals(0, disk.asked(first, LONG_GROUP / 2));
  }

  @Test
  void withoutMaintenance_nothingIsAskedFor_norKept() throws IOException {
    append(LONG_GROUP);
    log.startMaintenance();
    log.stopMaintenance();
    append(LONG_GROUP);
    assertEquals(0, disk.segments());
  }

  @Test
  void startedAgain_asksAgain() throws Exception {
    log.startMaintenance();
    log.stopMaintenance();
    log.startMaintenance();
    disk.awaitAsked(append(LONG_GROUP), LONG_GROUP);
  }

  /** Returns the address of the data. */
  private long append(int blocks) throws IOException {
    try (Append append = log.begin(blocks, () -> 0)) {
      append.publish(ByteBuffer.allocate(blocks * BLOCK));
      append.write(List.of());
      return append.dataAddress();
    }
  }

  /** Remembers which blocks of which segment it was asked to begin writing. */
  private static final class AskedDisk extends ForwardingDisk {
    private final Map<String, BitSet> asked = new TreeMap<>();

    AskedDisk() {
      super(new FaultyDisk());
    }

    @Override
    protected DiskFile forwarding(DiskFile file) {
      return new ForwardingFile(file) {
        @Override
        public void startWriteBack(long offset, long length) {
          ask(name(), (int) (offset / BLOCK) - 1, (int) ((offset + length) / BLOCK) - 1);
        }
      };
    }

    private synchronized void ask(String file, int from, int to) {
      asked.computeIfAbsent(file, name -> new BitSet()).set(from, to);
      notifyAll();
    }

    synchronized int segments() {
      return asked.size();
    }

    /** How many of the blocks. */
    synchronized int asked(long address, int blocks) {
      int from = (int) (address % SEGMENT_BLOCKS);
      BitSet segment = asked.get(LogFormat.segmentName(address / SEGMENT_BLOCKS));
      return segment == null ? 0 : segment.get(from, from + blocks).cardinality();
    }

    synchronized void awaitAsked(long address, int blocks) throws InterruptedException {
      while (asked(address, blocks) < blocks) {
        wait();
      }
    }
  }
}
