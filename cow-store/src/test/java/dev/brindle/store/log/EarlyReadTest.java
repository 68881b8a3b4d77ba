package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the host is asked to read early, seen from the disk. */
class EarlyReadTest {
  private static final int BLOCK = LogFormat.BLOCK_BYTES;
  private static final int SEGMENT_BLOCKS = 8192;
  private static final int GROUP_BLOCKS = LogFormat.GROUP_DATA_BLOCKS_MAX;
  private static final int LONG_READ = 256;

  private final List<String> asked = new ArrayList<>();

  /** Farther from each other than reads of one stream ever are. */
  private final List<Long> groups = new ArrayList<>();

  private Log log;

  @BeforeEach
  void logOfSomeGroups() throws IOException {
    log = Log.create(new AskedDisk(), new StoreId(1, 2), SEGMENT_BLOCKS, 0);
    for (int i = 0; i < 5; i++) {
      groups.add(append());
    }
  }

  @AfterEach
  void closeLog() throws IOException {
    log.close();
  }

  @Test
  void longReadsAtRandom_areAskedFor_noMoreThanTheyAre() throws IOException {
    List<String> expected = new ArrayList<>();
    for (int group : List.of(3, 1, 4, 2)) {
      expected.add(read(group, 100, LONG_READ));
    }
    assertEquals(expected, asked);
  }

  @Test
  void partsOfOneRead_areAskedFor_inAnyOrder() throws IOException {
    int half = LONG_READ / 2;
    List<String> expected = new ArrayList<>();
    for (int group : List.of(3, 1, 4, 2)) {
      expected.add(read(group, 100 + half, half));
      expected.add(read(group, 100, half));
    }
    assertEquals(expected, asked);
  }

  @Test
  void readInSequence_isLeftToTheHost_afterTheFirstOfIt() throws IOException {
    List<String> beginnings = List.of(readInSequence(0), readInSequence(3));
    assertEquals(beginnings, asked);
  }

  @Test
  void readInTheMiddle_ofWhatWasReadInSequence_isAskedFor() throws IOException {
    String beginning = readInSequence(1);
    String middle = read(1, GROUP_BLOCKS / 2, LONG_READ);
    assertEquals(List.of(beginning, middle), asked);
  }

  @Test
  void twoReadersInSequence_inTurns_areToldApart() throws IOException {
    List<String> beginnings = List.of(read(1, 0, LONG_READ), read(3, 0, LONG_READ));
    for (int block = LONG_READ; block < GROUP_BLOCKS; block += LONG_READ) {
      read(1, block, LONG_READ);
      read(3, block, LONG_READ);
    }
    assertEquals(beginnings, asked);
  }

  @Test
  void shortReadsAtRandom_areNotAskedFor() throws IOException {
    read(3, 7, 1);
    read(1, 0, 32);
    assertEquals(List.of(), asked);
  }

  /** Returns what to ask the host for would be, of the first read. */
  private String readInSequence(int group) throws IOException {
    String beginning = read(group, 0, LONG_READ);
    for (int block = LONG_READ; block < GROUP_BLOCKS; block += LONG_READ) {
      read(group, block, LONG_READ);
    }
    return beginning;
  }

  /** Returns what to ask the host for would be. */
  private String read(int group, int block, int blocks) throws IOException {
    long address = groups.get(group);
    ByteBuffer target = ByteBuffer.allocate(blocks * BLOCK);
    try (Pin pin = log.pin()) {
      log.read(address + block, 0, blocks * BLOCK, target);
    }
    byte[] content = LogFixture.content(address, GROUP_BLOCKS);
    byte[] expected = Arrays.copyOfRange(content, block * BLOCK, (block + blocks) * BLOCK);
    assertArrayEquals(expected, target.array());
    long inFile = (address + block) % SEGMENT_BLOCKS + 1;
    return inFile * BLOCK + "+" + blocks * BLOCK;
  }

  private long append() throws IOException {
    try (Append append = log.begin(GROUP_BLOCKS, () -> 0)) {
      long address = append.dataAddress();
      append.publish(ByteBuffer.wrap(LogFixture.content(address, GROUP_BLOCKS)));
      append.write(List.of());
      return address;
    }
  }

  private final class AskedDisk extends ForwardingDisk {
    AskedDisk() {
      super(new FaultyDisk());
    }

    @Override
    protected DiskFile forwarding(DiskFile file) {
      return new ForwardingFile(file) {
        @Override
        public void startRead(long offset, long length) {
          asked.add(offset + "+" + length);
        }
      };
    }
  }
}
