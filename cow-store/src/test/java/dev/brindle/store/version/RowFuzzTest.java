package dev.brindle.store.version;

import dev.brindle.store.fuzz.DecoderFuzz;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Broken rows of the catalogue. */
class RowFuzzTest {
  private static final long KEY = 7;

  private static byte[] volume() {
    RowWriter row = new RowWriter().string("volume".getBytes()).number(0).number(9).number(0);
    return row.signed(-5).number(17).finishWithChecksum(KEY);
  }

  private static byte[] version() {
    RowWriter row = new RowWriter().number(0).number(1).number(VersionState.SNAPSHOT.code());
    row.string("snapshot".getBytes()).signed(1_700_000_000L).number(999_999_999);
    for (int i = 0; i < 9; i++) {
      row.number(1L << 7 * i);
    }
    return row.finishWithChecksum(KEY);
  }

  private static byte[] withChecksum(byte[] row) {
    byte[] fields = Arrays.copyOf(row, Math.max(0, row.length - Integer.BYTES));
    int checksum = RowWriter.checksum(KEY, fields, fields.length);
    byte[] result = Arrays.copyOf(fields, fields.length + Integer.BYTES);
    for (int i = 0; i < Integer.BYTES; i++) {
      result[fields.length + i] = (byte) (checksum >>> 24 - 8 * i);
    }
    return result;
  }

  @Test
  void volume_ofBrokenBytes_isReadOrRefused() throws IOException {
    DecoderFuzz.run(
        "row of a volume",
        List.of(volume()),
        RowFuzzTest::withChecksum,
        bytes -> RowFormat.decodeVolume(KEY, bytes));
  }

  @Test
  void counters_ofBrokenBytes_areReadOrRefused() throws IOException {
    byte[] row = RowFormat.encode(new RowFormat.Counters(500, 1L << 40, 3));
    DecoderFuzz.run("row of counters", List.of(row), bytes -> bytes, RowFormat::decodeCounters);
  }

  @Test
  void version_ofBrokenBytes_isReadOrRefused() throws IOException {
    VersionTree tree =
        VersionTree.load(
            FakeTable.three(),
            root -> new FakeRows(),
            (root, bornAfter, from, budget, freer) -> null,
            new Freer() {
              @Override
              public void freeBlocks(long address, long blocks) {}

              @Override
              public void freeNode(long nodeId) {}
            },
            16);
    DecoderFuzz.run(
        "row of a version",
        List.of(version()),
        RowFuzzTest::withChecksum,
        bytes -> RowFormat.decodeVersion(KEY, bytes));
  }
}
