package dev.brindle.store.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.Store;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import dev.brindle.store.contract.Trees;
import dev.brindle.store.volume.Superblock;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores of every format version open, hold what they held, and can be written to. */
class GoldenStoreTest {
  @TempDir Path scratch;

  private static InputStream resource(String name) {
    return Objects.requireNonNull(GoldenStoreTest.class.getResourceAsStream("/golden/" + name));
  }

  private Path unpack(String version) throws IOException {
    Path directory =
        Files.createDirectory(
            scratch.resolve(version),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.createDirectory(directory.resolve("log"));
    try (ZipInputStream zip = new ZipInputStream(resource(version + ".zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.copy(zip, directory.resolve(entry.getName()));
      }
    }
    return directory;
  }

  private static List<String> committedListing(String version) throws IOException {
    try (InputStream in = resource(version + ".listing")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void open_storeOfThatVersion_holdsWhatItHeld(String version) throws IOException {
    Path directory = unpack(version);
    for (int opening = 1; opening <= 2; opening++) {
      try (Store store = Store.open(directory, GoldenStoreMaker.OPTIONS)) {
        assertEquals(List.of(), Check.run(store, true).problems());
        assertEquals(
            String.join("\n", committedListing(version)),
            String.join("\n", GoldenListing.of(store)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void write_toStoreOfThatVersion_staysAndLeavesThePastAlone(String version) throws IOException {
    Path directory = unpack(version);
    byte[] bytes = Trees.pattern(200_000, 77);
    List<String> past = committedListing(version);
    try (Store store = Store.open(directory, GoldenStoreMaker.OPTIONS)) {
      for (VolumeInfo volume : store.volumes()) {
        WritableFileTree tree = store.open(volume.id());
        long file = Trees.file(tree, "written by a newer Brindle");
        Trees.write(tree, file, 0, bytes);
        tree.fsync(file, false);
        store.createSnapshot(volume.id(), Trees.name("by a newer Brindle"));
      }
      store.reclaim();
    }
    try (Store store = Store.open(directory, GoldenStoreMaker.OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
      for (VolumeInfo volume : store.volumes()) {
        WritableFileTree tree = store.open(volume.id());
        long file = tree.lookup(Trees.ROOT, Trees.name("written by a newer Brindle")).inode();
        org.junit.jupiter.api.Assertions.assertArrayEquals(
            bytes, Trees.read(tree, file, 0, bytes.length + 1));
      }
      assertEquals(snapshotsOf(past, past), snapshotsOf(GoldenListing.of(store), past));
    }
  }

  /** The lines of the snapshots that are in another listing too. */
  private static List<String> snapshotsOf(List<String> listing, List<String> present) {
    List<String> result = new java.util.ArrayList<>();
    boolean taken = false;
    for (String line : listing) {
      if (line.startsWith("== ")) {
        taken = line.contains("@") && present.contains(line);
      }
      if (taken) {
        result.add(line);
      }
    }
    return result;
  }

  @Test
  void firstCopy_makesTheStoreOneOfFormat2() throws IOException {
    Path directory = unpack("v1");
    try (Store store = Store.open(directory, GoldenStoreMaker.OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("main").id());
      long file = Trees.file(tree, "of more than one block");
      Trees.write(tree, file, 0, Trees.pattern(9_000, 1));
      tree.copyRange(tree, file, 0, Trees.file(tree, "ragged"), 1, 9_000);
      assertEquals(1, store.status().formatVersion());
      tree.copyRange(tree, file, 0, Trees.file(tree, "copy"), 0, 9_000);
      assertEquals(2, store.status().formatVersion());
    }
    for (String name : List.of(Superblock.FILE, Superblock.COPY)) {
      try (RandomAccessFile superblock =
          new RandomAccessFile(directory.resolve(name).toFile(), "r")) {
        superblock.seek(Long.BYTES);
        assertEquals(2, superblock.readInt(), name);
      }
    }
    try (Store store = Store.open(directory, GoldenStoreMaker.OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
      assertEquals(2, store.status().formatVersion());
    }
  }

  @Test
  void open_storeOfANewerVersion_isRefusedWithASentence() throws IOException {
    Path directory = unpack("v1");
    try (RandomAccessFile superblock =
        new RandomAccessFile(directory.resolve(Superblock.FILE).toFile(), "rw")) {
      superblock.seek(Long.BYTES);
      superblock.writeInt(Superblock.FORMAT_VERSION + 1);
    }
    FormatTooNewException refused =
        assertThrows(
            FormatTooNewException.class, () -> Store.open(directory, GoldenStoreMaker.OPTIONS));
    String sentence = Objects.requireNonNull(refused.getMessage());
    assertTrue(sentence.contains("format version " + (Superblock.FORMAT_VERSION + 1)), sentence);
    assertTrue(sentence.contains(directory.toString()), sentence);
    assertTrue(sentence.contains("use a newer Brindle"), sentence);
  }
}
