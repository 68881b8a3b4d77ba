package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.fuzz.DecoderFuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken nodes of tables, journals, and MapDB's own pages under right checksums. */
class IndexFuzzTest {
  private static final StoreId STORE = new StoreId(3, 4);

  @Test
  void nodeOfATable_ofBrokenBytes_isReadOrRefused() throws IOException {
    TableNode leaf = TableNode.leaf(new long[] {1, 5}, new byte[][] {{1, 2}, new byte[300]});
    TableNode interior = new TableNode(1, new long[] {1, 9}, new byte[0][], new long[] {20, 21});
    DecoderFuzz.run(
        "node of a table",
        List.of(leaf.encode(), interior.encode()),
        bytes -> bytes,
        bytes -> TableNode.decode(7, bytes));
  }

  @Test
  void catalogue_ofBrokenBytes_isReadOrRefused() throws IOException {
    Catalogue catalogue = new Catalogue();
    catalogue.add("versions", 5);
    catalogue.add("segments", 6);
    DecoderFuzz.run(
        "catalogue of tables", List.of(catalogue.encode()), bytes -> bytes, Catalogue::decode);
  }

  private static FaultyDisk store() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (Index index = Index.create(disk, STORE)) {
      for (int i = 0; i < 40; i++) {
        index.table("table").put(i, new byte[100]);
        index.put(index.allocate(), new byte[i * 700]);
      }
      index.freeze();
      index.write();
    }
    return disk;
  }

  @Test
  void journal_ofBrokenBytes_isReadOrRefused() throws IOException {
    FaultyDisk disk = store();
    String name =
        disk.list(CopyFiles.DIRECTORY).stream()
            .filter(file -> file.endsWith(".journal"))
            .findFirst()
            .orElseThrow();
    byte[] whole = disk.contents(CopyFiles.DIRECTORY + "/" + name);
    byte[] record = Arrays.copyOfRange(whole, PAGE_BYTES, Math.min(whole.length, 20 * PAGE_BYTES));
    DecoderFuzz.run(
        "record of a journal",
        List.of(record),
        IndexFuzzTest::withRecordChecksum,
        bytes -> {
          FaultyDisk broken = new FaultyDisk();
          try (DiskFile file = broken.open("journal", OpenMode.CREATE)) {
            file.write(0, ByteBuffer.wrap(bytes));
            PageRecord found = PageRecord.read(file, 0, STORE);
            if (found != null) {
              found.isWhole();
            }
          }
        });
  }

  /** Over the header and one page of table, which is what a small record has. */
  private static byte[] withRecordChecksum(byte[] record) {
    if (record.length >= 2 * PAGE_BYTES) {
      PageFormat.putInt(record, PageFormat.CRC, 0);
      CRC32C crc = new CRC32C();
      crc.update(record, 0, 2 * PAGE_BYTES);
      PageFormat.putInt(record, PageFormat.CRC, (int) crc.getValue());
    }
    return record;
  }

  /** One page of MapDB's is broken, and all checksums around it are right. */
  @Test
  void index_withABrokenPage_isOpenedOrRefused() throws IOException {
    FaultyDisk sound = store();
    for (int page = 0; page < 6; page++) {
      int place = PageFormat.place(page);
      byte[] content = pageAt(sound, place);
      DecoderFuzz.runSlow(
          "page " + page + " of MapDB",
          List.of(content),
          bytes -> bytes,
          bytes -> useWith(sound, place, Arrays.copyOf(bytes, PAGE_BYTES)));
    }
  }

  /** The place of the file's tail, and of the number of the last record. */
  @ParameterizedTest
  @ValueSource(ints = {24, 32})
  void index_withANumberInMapDbsHeaderThatCannotBe_isRefused(int at) throws IOException {
    FaultyDisk sound = store();
    int place = PageFormat.place(0);
    byte[] page = pageAt(sound, place);
    Arrays.fill(page, at, at + 2, (byte) 0xff);
    assertThrows(CorruptStoreException.class, () -> useWith(sound, place, page));
  }

  private static void useWith(FaultyDisk sound, int place, byte[] page) throws IOException {
    FaultyDisk broken = sound.afterProcessDeath();
    for (String name : broken.list(CopyFiles.DIRECTORY)) {
      broken.delete(CopyFiles.DIRECTORY + "/" + name);
    }
    replace(broken, place, page);
    use(broken);
  }

  private static byte[] pageAt(FaultyDisk disk, int place) throws IOException {
    byte[] all = disk.contents(PageFormat.INDEX_FILE);
    return Arrays.copyOfRange(all, place * PAGE_BYTES, (place + 1) * PAGE_BYTES);
  }

  private static void replace(FaultyDisk disk, int place, byte[] page) throws IOException {
    byte[] table = pageAt(disk, 1);
    byte[] header = pageAt(disk, 0);
    PageFormat.putInt(table, (place - 1) * Integer.BYTES, PageFormat.checksum(place, page));
    int own = PageFormat.checksum(1, table, Integer.BYTES, PAGE_BYTES - Integer.BYTES);
    PageFormat.putInt(table, 0, own);
    CRC32C root = new CRC32C();
    root.update(ByteBuffer.allocate(Integer.BYTES).putInt(own).flip());
    PageFormat.putInt(header, PageFormat.ROOT, (int) root.getValue());
    PageFormat.putInt(header, PageFormat.CRC, 0);
    PageFormat.putInt(header, PageFormat.CRC, PageFormat.checksum(0, header));
    try (DiskFile file = disk.open(PageFormat.INDEX_FILE, OpenMode.READ_WRITE)) {
      file.write(0, ByteBuffer.wrap(header));
      file.write(PAGE_BYTES, ByteBuffer.wrap(table));
      file.write((long) place * PAGE_BYTES, ByteBuffer.wrap(page));
    }
  }

  /** Reads and changes something; what is refused is refused by a typed error. */
  private static void use(FaultyDisk disk) throws IOException {
    try (Index index = Index.open(disk, STORE)) {
      Table table = index.table("table");
      table.forEach((key, row) -> {});
      for (long id = 2; id < 30; id++) {
        try {
          index.get(id);
        } catch (IOException e) {
          if (e.getMessage() == null) {
            throw e;
          }
        }
      }
      table.put(5, new byte[10]);
      index.put(index.allocate(), new byte[9_000]);
      index.freeze();
      index.write();
    }
  }
}
