package dev.brindle.store.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.brindle.store.CorruptStoreException;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Rows have checksums of their own, inside pages that have one of the same kind. */
class RowChecksumTest {
  private static int crc(byte[] page) {
    CRC32C crc = new CRC32C();
    crc.update(page);
    return (int) crc.getValue();
  }

  /** A torn journal passed for a whole one, with an old row in it. */
  @Test
  void row_olderThanThePageAroundIt_isNoticedByThePagesChecksum() {
    byte[] older = new RowWriter().number(100).number(7).finishWithChecksum(5);
    byte[] newer = new RowWriter().number(101).number(7).finishWithChecksum(5);
    assertEquals(older.length, newer.length);
    assertNotEquals(crc(older), crc(newer));
  }

  @Test
  void row_ofFormat1_isRead() throws CorruptStoreException {
    byte[] row = new RowWriter().number(100).finishWithChecksum(5);
    for (int i = 0; i < 2; i++) {
      int first = row.length - 4 + i;
      int last = row.length - 1 - i;
      byte swapped = row[first];
      row[first] = row[last];
      row[last] = swapped;
    }
    assertEquals(100, RowReader.withChecksum("the row", 5, row).number());
  }
}
