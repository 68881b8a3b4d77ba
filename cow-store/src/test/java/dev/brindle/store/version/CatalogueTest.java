package dev.brindle.store.version;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CatalogueTest {
  private static final Timestamp NOW = new Timestamp(-5, 999_999_999);
  private final CatalogueTables tables = FakeTable.three();
  private VersionTree tree;
  private Catalogue catalogue;

  @BeforeEach
  void open() throws IOException {
    tree =
        VersionTree.load(
            tables,
            root -> new FakeRows(),
            (root, bornAfter, from, budget, freer) -> null,
            new Freer() {
              @Override
              public void freeBlocks(long address, long blocks) {}

              @Override
              public void freeNode(long nodeId) {}
            },
            16);
    catalogue = tree.catalogue();
  }

  private void reopen() throws IOException {
    tree.settle();
    tree.freeze().write();
    open();
  }

  private long create(String name) throws IOException {
    return catalogue.createVolume(tree.nextNumber(), tree.nextNumber(), Name.of(name), NOW).id();
  }

  private SnapshotInfo snapshot(long volume, String name) throws IOException {
    return catalogue.takeSnapshot(volume, Name.of(name), tree.nextNumber(), NOW);
  }

  private VolumeInfo clone(long volume, String name) throws IOException {
    return catalogue.cloneVolume(
        volume, tree.nextNumber(), tree.nextNumber(), tree.nextNumber(), Name.of(name), NOW);
  }

  private VolumeInfo clone(SnapshotInfo snapshot, String name) throws IOException {
    return catalogue.cloneSnapshot(
        snapshot.version(), tree.nextNumber(), tree.nextNumber(), Name.of(name), NOW);
  }

  private static void refused(Errno errno, Executable action) {
    assertEquals(errno, assertThrows(FileSystemException.class, action).errno());
  }

  private List<String> fullNames() {
    return catalogue.volumes().stream().map(VolumeInfo::fullName).toList();
  }

  @Test
  void names_notAllowed_areRefusedEverywhere() throws IOException {
    long volume = create("main");
    SnapshotInfo snapshot = snapshot(volume, "s");
    List<Name> bad =
        List.of(
            Name.of(""),
            Name.of("."),
            Name.of(".."),
            Name.of("a/b"),
            Name.of("a\0"),
            Name.of(new byte[128]),
            Name.of("x".repeat(128)));
    for (Name name : bad) {
      refused(
          Errno.EINVAL,
          () -> catalogue.createVolume(tree.nextNumber(), tree.nextNumber(), name, NOW));
      refused(Errno.EINVAL, () -> catalogue.takeSnapshot(volume, name, tree.nextNumber(), NOW));
      refused(Errno.EINVAL, () -> catalogue.renameVolume(volume, name));
      refused(Errno.EINVAL, () -> catalogue.renameSnapshot(snapshot.version(), name));
      refused(
          Errno.EINVAL,
          () ->
              catalogue.cloneVolume(
                  volume, tree.nextNumber(), tree.nextNumber(), tree.nextNumber(), name, NOW));
      refused(Errno.EINVAL, () -> catalogue.checkVolumeName(name));
    }
  }

  @Test
  void names_allowed_surviveReopening() throws IOException {
    long volume = create("main");
    byte[] odd = {(byte) 0xff, (byte) 0xfe, '1'};
    List<Name> good =
        List.of(Name.of(odd), Name.of("..."), Name.of("@GMT-1"), Name.of("x".repeat(127)));
    for (Name name : good) {
      catalogue.takeSnapshot(volume, name, tree.nextNumber(), NOW);
    }
    reopen();
    assertEquals(good, catalogue.snapshots(volume).stream().map(SnapshotInfo::name).toList());
    assertEquals(NOW, catalogue.snapshot(volume, Name.of(odd)).orElseThrow().created());
  }

  @Test
  void names_taken_areRefusedAndNothingChanges() throws IOException {
    long main = create("main");
    long other = create("other");
    SnapshotInfo s = snapshot(main, "s");
    SnapshotInfo t = snapshot(main, "t");
    VolumeInfo c = clone(main, "c");
    int versions = tree.versions().size();
    refused(Errno.EEXIST, () -> create("main"));
    refused(Errno.EEXIST, () -> snapshot(main, "s"));
    refused(Errno.EEXIST, () -> clone(main, "c"));
    refused(Errno.EEXIST, () -> clone(s, "c"));
    refused(Errno.EEXIST, () -> catalogue.renameVolume(other, Name.of("main")));
    refused(Errno.EEXIST, () -> catalogue.renameSnapshot(t.version(), Name.of("s")));
    assertEquals(versions, tree.versions().size());
    assertEquals(List.of("main", "main/c", "other"), fullNames());
    // the same name elsewhere, or again, is no conflict
    snapshot(other, "s");
    snapshot(c.id(), "s");
    clone(c.id(), "c");
    catalogue.renameVolume(main, Name.of("main"));
    catalogue.renameSnapshot(s.version(), Name.of("s"));
    assertEquals(List.of("main", "main/c", "main/c/c", "other"), fullNames());
  }

  @Test
  void missing_isEnoent() throws IOException {
    long main = create("main");
    SnapshotInfo s = snapshot(main, "s");
    catalogue.deleteSnapshot(s.version());
    refused(Errno.ENOENT, () -> catalogue.deleteSnapshot(s.version()));
    refused(Errno.ENOENT, () -> catalogue.renameSnapshot(s.version(), Name.of("t")));
    refused(Errno.ENOENT, () -> clone(s, "c"));
    refused(Errno.ENOENT, () -> catalogue.snapshotVersion(s.version()));
    long head = catalogue.head(main).id();
    refused(Errno.ENOENT, () -> catalogue.deleteSnapshot(head));
    catalogue.deleteVolume(main, CloneDisposition.REFUSE);
    refused(Errno.ENOENT, () -> catalogue.deleteVolume(main, CloneDisposition.REFUSE));
    refused(Errno.ENOENT, () -> snapshot(main, "s"));
    refused(Errno.ENOENT, () -> catalogue.head(main));
    assertTrue(catalogue.volume("main").isEmpty());
    assertTrue(catalogue.volume("").isEmpty());
    assertTrue(catalogue.snapshot(s.version()).isEmpty());
  }

  @Test
  void renameVolume_clonesFullNamesFollow() throws IOException {
    long main = create("main");
    VolumeInfo c = clone(main, "c");
    VolumeInfo d = clone(snapshot(c.id(), "s"), "d");
    catalogue.renameVolume(main, Name.of("new"));
    assertEquals(List.of("new", "new/c", "new/c/d"), fullNames());
    reopen();
    assertEquals(d.id(), catalogue.volume("new/c/d").orElseThrow().id());
    assertEquals(d.origin(), catalogue.volume("new/c/d").orElseThrow().origin());
    assertTrue(catalogue.volume("main/c").isEmpty());
  }

  @Test
  void deleteVolume_withClones_isRefusedWithTheirNames() throws IOException {
    long main = create("main");
    clone(main, "c1");
    clone(main, "c2");
    FileSystemException refusal =
        assertThrows(
            FileSystemException.class, () -> catalogue.deleteVolume(main, CloneDisposition.REFUSE));
    assertEquals(Errno.EBUSY, refusal.errno());
    assertTrue(refusal.getMessage().contains("main/c1, main/c2"), refusal.getMessage());
    assertEquals(List.of("main", "main/c1", "main/c2"), fullNames());
  }

  @Test
  void deleteVolume_detaching_keepsClonesUnderTheirOwnNames() throws IOException {
    long main = create("main");
    VolumeInfo sameName = clone(main, "main");
    clone(sameName.id(), "deep");
    create("taken");
    VolumeInfo conflict = clone(main, "taken");
    refused(Errno.EEXIST, () -> catalogue.deleteVolume(main, CloneDisposition.DETACH));
    assertEquals(
        List.of("main", "main/main", "main/main/deep", "main/taken", "taken"), fullNames());
    catalogue.renameVolume(conflict.id(), Name.of("free"));
    catalogue.deleteVolume(main, CloneDisposition.DETACH);
    reopen();
    assertEquals(List.of("free", "main", "main/deep", "taken"), fullNames());
    assertEquals(sameName.id(), catalogue.volume("main").orElseThrow().id());
  }

  @Test
  void deleteVolume_withItsClones_leavesNothing() throws IOException {
    long main = create("main");
    VolumeInfo c = clone(snapshot(main, "s"), "c");
    clone(snapshot(c.id(), "s"), "d");
    assertEquals(
        List.of("main", "main/c", "main/c/d"),
        catalogue.withClones(main).stream().map(VolumeInfo::fullName).toList());
    catalogue.deleteVolume(main, CloneDisposition.DELETE);
    assertEquals(List.of(), fullNames());
    assertTrue(tree.reapPending());
    reopen();
    while (tree.reapStep(10) != ReapProgress.IDLE) {
      tree.splice();
    }
    assertEquals(List.of(), tree.versions());
    assertFalse(tree.reapPending());
  }

  @Test
  void noteNumber_keepsNumbersApart() {
    tree.noteNumber(41);
    assertEquals(42, tree.nextNumber());
    tree.noteNumber(7);
    assertEquals(43, tree.nextNumber());
  }

  @Test
  void load_aFlippedBitAnywhere_isRefused() throws IOException {
    long main = create("main");
    snapshot(main, "s");
    clone(main, "c");
    reopen();
    for (RowTable table : List.of(tables.versions(), tables.volumes(), tables.counters())) {
      for (byte[] row : ((FakeTable) table).rows.values()) {
        for (int bit = 0; bit < row.length * 8; bit++) {
          row[bit / 8] ^= (byte) (1 << bit % 8);
          assertThrows(CorruptStoreException.class, this::open);
          row[bit / 8] ^= (byte) (1 << bit % 8);
        }
      }
    }
    assertDoesNotThrow(this::open);
  }

  @Test
  void load_aRowThatIsMissing_isRefused() throws IOException {
    long main = create("main");
    SnapshotInfo s = snapshot(main, "s");
    reopen();
    for (long id : List.of(s.version(), catalogue.head(main).id())) {
      byte[] row = ((FakeTable) tables.versions()).rows.remove(id);
      assertThrows(CorruptStoreException.class, this::open);
      ((FakeTable) tables.versions()).rows.put(id, row);
    }
    ((FakeTable) tables.volumes()).rows.remove(main);
    assertThrows(CorruptStoreException.class, this::open);
  }
}
