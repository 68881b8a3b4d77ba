package dev.brindle.store.volume;

import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.fuzz.DecoderFuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Broken items, redo operations and superblocks. */
class ItemFuzzTest {
  private static final UnaryOperator<byte[]> AS_IT_IS = bytes -> bytes;
  private static final Timestamp NOW = Timestamp.now();

  @Test
  void inode_ofBrokenBytes_isReadOrRefused() throws IOException {
    byte[] inode = new Inode(5, 0100644, 1, 2, 0, NOW).encode();
    DecoderFuzz.run("inode", List.of(inode), AS_IT_IS, bytes -> Inode.decode(5, bytes));
  }

  @Test
  void extent_ofBrokenBytes_isReadOrRefused() throws IOException {
    byte[] extent = new Extent(5000, 17, false, 3).encode();
    DecoderFuzz.run("extent", List.of(extent), AS_IT_IS, Extent::decode);
  }

  @Test
  void dirent_ofBrokenBytes_isReadOrRefused() throws IOException {
    byte[] one = DirentItem.with(null, name("name"), 5, 0100000);
    byte[] two = DirentItem.with(one, name("x".repeat(255)), 6, 0040000);
    DecoderFuzz.run("dirent", List.of(one, two), AS_IT_IS, DirentItem::decode);
  }

  @Test
  void backReference_ofBrokenBytes_isReadOrRefused() throws IOException {
    byte[] one = BackReferenceItem.with(null, new BackReferenceItem.Reference(1, name("name")));
    byte[] two = BackReferenceItem.with(one, new BackReferenceItem.Reference(9, name("other")));
    DecoderFuzz.run("back-reference", List.of(one, two), AS_IT_IS, BackReferenceItem::decode);
  }

  @Test
  void xattr_ofBrokenBytes_isReadOrRefused() throws IOException {
    Map<Name, byte[]> attributes = new LinkedHashMap<>();
    attributes.put(name("user.a"), pattern(30, 1));
    attributes.put(name("user.b"), pattern(3_000, 2));
    byte[] item = XattrItem.encode(attributes);
    DecoderFuzz.run("xattr", List.of(item), AS_IT_IS, XattrItem::decode);
  }

  @Test
  void redo_ofBrokenBytes_isReadOrRefused() throws IOException {
    RedoWriter redo = new RedoWriter();
    redo.begin(12);
    redo.put(3, 4, 5, pattern(100, 1));
    redo.remove(3, 4, 5);
    redo.allocate(3, 9, 10);
    redo.free(3, 9, 10, 2);
    byte[] tree = redo.operation();
    redo.begin(13);
    redo.write(new RedoRecord.CreateVolume(1, 2, name("volume"), NOW));
    redo.write(new RedoRecord.TakeSnapshot(1, name("snapshot"), 3, NOW));
    redo.write(new RedoRecord.CloneSnapshot(2, 4, 5, name("clone"), NOW));
    redo.write(new RedoRecord.CloneVolume(1, 6, 7, 8, name("clone"), NOW));
    redo.write(new RedoRecord.RenameVolume(1, name("other")));
    redo.write(new RedoRecord.DeleteSnapshot(2));
    redo.write(new RedoRecord.DeleteVolume(1, CloneDisposition.DELETE));
    DecoderFuzz.run(
        "redo operation",
        List.of(tree, redo.operation()),
        AS_IT_IS,
        bytes -> {
          RedoReader reader = new RedoReader(bytes);
          while (reader.next() != null) {}
        });
  }

  @Test
  void superblock_ofBrokenBytes_isReadOrRefused() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Superblock.create(256).write(disk);
    DecoderFuzz.run(
        "superblock",
        List.of(disk.contents(Superblock.FILE)),
        ItemFuzzTest::withChecksum,
        bytes -> {
          FaultyDisk broken = new FaultyDisk();
          try (DiskFile file = broken.open(Superblock.FILE, OpenMode.CREATE)) {
            file.write(0, ByteBuffer.wrap(bytes));
          }
          Superblock.read(broken, Path.of("store"));
        });
  }

  private static byte[] withChecksum(byte[] superblock) {
    if (superblock.length >= Integer.BYTES) {
      int end = superblock.length - Integer.BYTES;
      CRC32C crc = new CRC32C();
      crc.update(superblock, 0, end);
      ByteBuffer.wrap(superblock).putInt(end, (int) crc.getValue());
    }
    return superblock;
  }
}
