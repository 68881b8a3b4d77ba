package dev.brindle.store.model;

import static dev.brindle.store.Errno.EBUSY;
import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What snapshots and clones promise. */
abstract class VersionContract {
  private Subject subject;
  private long main;

  abstract Subject create() throws IOException;

  @BeforeEach
  void createVolume() throws IOException {
    subject = create();
    main = store().createVolume(name("main"), 0, 0).id();
  }

  @AfterEach
  void deleteEverything() throws IOException {
    assertEquals(List.of(), store().problems(true));
    subject.reopen();
    for (VolumeInfo volume : store().volumes()) {
      if (volume.parentVolume() == null) {
        store().deleteVolume(volume.id(), CloneDisposition.DELETE);
      }
    }
    store().reclaim();
    assertEquals(0, store().liveBytes());
    assertEquals(List.of(), store().problems(true));
    subject.close();
  }

  VersionedStore store() {
    return subject.store();
  }

  private WritableFileTree tree(long volume) throws IOException {
    return store().open(volume);
  }

  private long snapshot(long volume, String name) throws IOException {
    return store().createSnapshot(volume, name(name)).version();
  }

  private TreeMap<String, String> dump(long version) throws IOException {
    return TreeDump.of(store().openSnapshot(version));
  }

  private long id(String fullName) throws IOException {
    return store().volume(fullName).id();
  }

  @Test
  void snapshot_neverChanges_whateverHappensToTheVolume() throws IOException {
    WritableFileTree tree = tree(main);
    long directory = tree.mkdir(ROOT, name("dir"), 0755, 1, 1).inode();
    for (int i = 0; i < 30; i++) {
      long file = file(tree, i % 2 == 0 ? ROOT : directory, "f" + i);
      write(tree, file, i * 1000L, pattern(i * 3000 + 10, i));
      tree.setxattr(file, name("user.x"), pattern(i * 100, i), XattrMode.CREATE);
    }
    tree.symlink(ROOT, name("link"), "target".getBytes(), 1, 1);
    tree.link(tree.lookup(ROOT, name("f0")).inode(), directory, name("hard"));
    long version = snapshot(main, "s");
    TreeMap<String, String> then = dump(version);
    Map<String, Change> changes = changes(directory);
    for (Map.Entry<String, Change> change : changes.entrySet()) {
      change.getValue().on(tree(main));
      assertEquals(then, dump(version), "after " + change.getKey());
      tree(main).sync();
      assertEquals(then, dump(version), "after " + change.getKey() + " and sync");
    }
    store().reclaim();
    assertEquals(then, dump(version));
    subject.reopen();
    assertEquals(then, dump(version));
    assertFalse(store().openSnapshot(version).isWritable());
    assertEquals(version, store().openSnapshot(version).version());
  }

  private interface Change {
    void on(WritableFileTree tree) throws IOException;
  }

  private static long inode(FileTree tree, String name) throws IOException {
    return tree.lookup(ROOT, name(name)).inode();
  }

  private static Map<String, Change> changes(long directory) {
    Map<String, Change> changes = new LinkedHashMap<>();
    changes.put("overwrite", t -> write(t, inode(t, "f20"), 5_000, pattern(9_000, 99)));
    changes.put("append", t -> write(t, inode(t, "f18"), 1 << 20, pattern(9_000, 99)));
    changes.put("small overwrite", t -> write(t, inode(t, "f0"), 0, "changed"));
    changes.put("cut", t -> t.setattr(inode(t, "f16"), AttributeChange.ofSize(7_777)));
    changes.put("grow", t -> t.setattr(inode(t, "f16"), AttributeChange.ofSize(1L << 40)));
    for (FallocateMode mode : FallocateMode.values()) {
      changes.put(mode.name(), t -> t.fallocate(inode(t, "f28"), mode, 30_000, 100_000));
    }
    changes.put("mode", t -> t.setattr(inode(t, "f2"), AttributeChange.ofMode(0)));
    changes.put("owner", t -> t.setattr(inode(t, "f2"), AttributeChange.ofOwner(7, 7)));
    changes.put(
        "times",
        t ->
            t.setattr(
                inode(t, "f2"), AttributeChange.ofTimes(new Timestamp(1, 1), new Timestamp(1, 1))));
    changes.put("access time", t -> t.touchAccessTime(inode(t, "f4")));
    changes.put(
        "xattr",
        t -> t.setxattr(inode(t, "f4"), name("user.x"), pattern(60_000, 1), XattrMode.REPLACE));
    changes.put("no xattr", t -> t.removexattr(inode(t, "f6"), name("user.x")));
    changes.put("create", t -> file(t, directory, "new"));
    changes.put("link", t -> t.link(inode(t, "f8"), directory, name("f8 too")));
    changes.put("replace", t -> t.rename(ROOT, name("f10"), ROOT, name("f12"), RenameMode.REPLACE));
    changes.put(
        "exchange", t -> t.rename(ROOT, name("dir"), ROOT, name("f14"), RenameMode.EXCHANGE));
    changes.put("unlink", t -> t.unlink(directory, name("f1")));
    changes.put(
        "remove all",
        t -> {
          for (String name : names(t, directory)) {
            t.unlink(directory, name(name));
          }
          t.rmdir(ROOT, name("f14"));
          for (String name : names(t, ROOT)) {
            t.unlink(ROOT, name(name));
          }
        });
    return changes;
  }

  @Test
  void snapshot_hasWritesThatWereNotSynced() throws IOException {
    long file = file(tree(main), "f");
    write(tree(main), file, 0, pattern(3_000_000, 1));
    write(tree(main), file, 5_000_000, "the end");
    long version = snapshot(main, "s");
    assertEquals(5_000_007, store().openSnapshot(version).getattr(file).size());
    write(tree(main), file, 0, pattern(3_000_000, 2));
    assertArrayEquals(
        pattern(3_000_000, 1), read(store().openSnapshot(version), file, 0, 3_000_000));
  }

  @Test
  void snapshot_hasNothingThatHadNoName() throws IOException {
    WritableFileTree tree = tree(main);
    long unnamed = tree.createUnnamed(ROOT, 0644, 0, 1, 1).inode();
    long open = file(tree, "open");
    tree.hold(open);
    for (long file : List.of(unnamed, open)) {
      write(tree, file, 0, pattern(5000, 1));
      tree.setxattr(file, name("user.x"), pattern(9, 1), XattrMode.CREATE);
    }
    tree.unlink(ROOT, name("open"));
    long removed = tree.mkdir(ROOT, name("dir"), 0755, 1, 1).inode();
    tree.rmdir(ROOT, name("dir"), true);
    FileTree snapshot = store().openSnapshot(snapshot(main, "s"));
    for (long inode : List.of(unnamed, open, removed)) {
      refused(ENOENT, () -> snapshot.getattr(inode));
      refused(ENOENT, () -> snapshot.read(inode, 0, ByteBuffer.allocate(1)));
      refused(ENOENT, () -> snapshot.getxattr(inode, name("user.x")));
      refused(ENOENT, () -> snapshot.listxattr(inode));
      refused(ENOENT, () -> snapshot.lookup(inode, name("x")));
      refused(ENOENT, () -> snapshot.parent(inode));
      refused(ENOENT, () -> snapshot.readdir(inode, 0, (name, found, mode, cookie) -> true));
      refused(ENOENT, () -> snapshot.hold(inode));
      tree(main).release(inode);
    }
  }

  @Test
  void snapshot_withoutChange_isTheSameTree() throws IOException {
    file(tree(main), "f", "text");
    store().sync();
    TreeMap<String, String> now = TreeDump.of(tree(main));
    long first = snapshot(main, "first");
    long second = snapshot(main, "second");
    assertEquals(now, dump(first));
    assertEquals(now, dump(second));
    assertEquals(now, TreeDump.of(tree(main)));
    store().deleteSnapshot(first);
    store().reclaim();
    assertEquals(now, dump(second));
  }

  @Test
  void snapshots_areListedOldestFirst_andFoundByName() throws IOException {
    List<Name> made = new ArrayList<>();
    for (String name : List.of("zeta", "alpha", "@GMT-2026.01.01-00.00.00", "m")) {
      SnapshotInfo info = store().createSnapshot(main, name(name));
      assertEquals(main, info.volume());
      made.add(name(name));
    }
    assertEquals(made, store().snapshots(main).stream().map(SnapshotInfo::name).toList());
    long version = store().snapshots(main).get(1).version();
    SnapshotInfo renamed = store().renameSnapshot(version, name("omega"));
    assertEquals(version, renamed.version());
    made.set(1, name("omega"));
    assertEquals(made, store().snapshots(main).stream().map(SnapshotInfo::name).toList());
    subject.reopen();
    assertEquals(made, store().snapshots(main).stream().map(SnapshotInfo::name).toList());
  }

  @Test
  void names_thatAreNotAllowed_areRefused() throws IOException {
    long version = snapshot(main, "s");
    snapshot(main, "taken");
    store().cloneVolume(main, name("taken"));
    store().createVolume(name("taken"), 0, 0);
    List<Name> bad =
        List.of(name(""), name("."), name(".."), name("a/b"), name("a\0"), name("x".repeat(128)));
    for (Name name : bad) {
      refused(EINVAL, () -> store().createVolume(name, 0, 0));
      refused(EINVAL, () -> store().createSnapshot(main, name));
      refused(EINVAL, () -> store().renameSnapshot(version, name));
      refused(EINVAL, () -> store().cloneVolume(main, name));
      refused(EINVAL, () -> store().cloneSnapshot(version, name));
      refused(EINVAL, () -> store().renameVolume(main, name));
    }
    Name taken = name("taken");
    refused(EEXIST, () -> store().createVolume(taken, 0, 0));
    refused(EEXIST, () -> store().createSnapshot(main, taken));
    refused(EEXIST, () -> store().renameSnapshot(version, taken));
    refused(EEXIST, () -> store().cloneVolume(main, taken));
    refused(EEXIST, () -> store().cloneSnapshot(version, taken));
    refused(EEXIST, () -> store().renameVolume(main, taken));
    snapshot(main, "y".repeat(127));
  }

  @Test
  void whatIsMissing_isRefused() throws IOException {
    long missing = 1_000_000;
    refused(ENOENT, () -> store().volume(missing));
    refused(ENOENT, () -> store().volume("missing"));
    refused(ENOENT, () -> store().open(missing));
    refused(ENOENT, () -> store().openSnapshot(missing));
    refused(ENOENT, () -> store().createSnapshot(missing, name("s")));
    refused(ENOENT, () -> store().renameSnapshot(missing, name("s")));
    refused(ENOENT, () -> store().deleteSnapshot(missing));
    refused(ENOENT, () -> store().cloneVolume(missing, name("c")));
    refused(ENOENT, () -> store().cloneSnapshot(missing, name("c")));
    refused(ENOENT, () -> store().renameVolume(missing, name("c")));
    refused(ENOENT, () -> store().deleteVolume(missing, CloneDisposition.REFUSE));
  }

  @Test
  void clone_andItsOrigin_neverSeeEachOther() throws IOException {
    long file = file(tree(main), "f");
    write(tree(main), file, 0, pattern(50_000, 1));
    long version = snapshot(main, "s");
    long fromSnapshot = store().cloneSnapshot(version, name("a")).id();
    long fromVolume = store().cloneVolume(main, name("b")).id();
    TreeMap<String, String> origin = TreeDump.of(tree(main));
    assertEquals(origin, TreeDump.of(tree(fromSnapshot)));
    assertEquals(origin, TreeDump.of(tree(fromVolume)));

    write(tree(fromSnapshot), file, 10_000, "in a");
    file(tree(fromSnapshot), "only in a", "a");
    write(tree(fromVolume), file, 10_000, "in b");
    tree(fromVolume).unlink(ROOT, name("f"));
    file(tree(fromVolume), "only in b", "b");
    assertEquals(origin, TreeDump.of(tree(main)));
    assertEquals(origin, dump(version));
    assertEquals(List.of("f", "only in a"), names(tree(fromSnapshot), ROOT));
    assertEquals(List.of("only in b"), names(tree(fromVolume), ROOT));

    TreeMap<String, String> a = TreeDump.of(tree(fromSnapshot));
    TreeMap<String, String> b = TreeDump.of(tree(fromVolume));
    write(tree(main), file, 0, pattern(50_000, 2));
    file(tree(main), "only in main", "main");
    assertEquals(a, TreeDump.of(tree(fromSnapshot)));
    assertEquals(b, TreeDump.of(tree(fromVolume)));
    assertEquals(origin, dump(version));
    assertTrue(tree(fromSnapshot).isWritable());
  }

  @Test
  void clones_nest_andStandUnderTheirVolume() throws IOException {
    file(tree(main), "f", "main");
    long one = store().cloneVolume(main, name("one")).id();
    write(tree(one), inode(tree(one), "f"), 0, "ones");
    long snapshot = snapshot(one, "s");
    write(tree(one), inode(tree(one), "f"), 0, "late");
    VolumeInfo two = store().cloneSnapshot(snapshot, name("two"));
    assertEquals("main/one/two", two.fullName());
    assertEquals(one, two.parentVolume());
    assertEquals(snapshot, two.origin());
    assertEquals("ones", text(tree(two.id()), ROOT, "f"));
    long three = store().cloneVolume(two.id(), name("three")).id();
    write(tree(three), inode(tree(three), "f"), 0, "3333");
    subject.reopen();
    assertEquals("main", text(tree(main), ROOT, "f"));
    assertEquals("late", text(tree(id("main/one")), ROOT, "f"));
    assertEquals("ones", text(tree(id("main/one/two")), ROOT, "f"));
    assertEquals("3333", text(tree(id("main/one/two/three")), ROOT, "f"));
    assertEquals(List.of(one), store().clones(main).stream().map(VolumeInfo::id).toList());
    assertEquals(List.of(), store().snapshots(two.id()));
    assertNull(store().volume(main).parentVolume());

    store().renameVolume(one, name("uno"));
    assertEquals(three, id("main/uno/two/three"));
    store().renameVolume(main, name("first"));
    assertEquals(three, id("first/uno/two/three"));
    refused(ENOENT, () -> store().volume("main"));
  }

  @Test
  void inodeNumbers_ofCloneGoOn() throws IOException {
    long last = file(tree(main), "f");
    long clone = store().cloneVolume(main, name("c")).id();
    InodeAttributes made = tree(clone).getattr(file(tree(clone), "g"));
    assertTrue(made.inode() > last);
    assertEquals(last, inode(tree(clone), "f"));
  }

  @Test
  void delete_volumeWithClones_byDisposition() throws IOException {
    file(tree(main), "f", "text");
    long one = store().cloneVolume(main, name("one")).id();
    long below = store().cloneVolume(one, name("below")).id();
    refused(EBUSY, () -> store().deleteVolume(main, CloneDisposition.REFUSE));
    store().deleteVolume(main, CloneDisposition.DETACH);
    refused(ENOENT, () -> store().volume("main"));
    assertEquals(one, id("one"));
    assertEquals(below, id("one/below"));
    assertEquals("text", text(tree(below), ROOT, "f"));
    store().deleteVolume(one, CloneDisposition.DELETE);
    assertEquals(List.of(), store().volumes());
    refused(ENOENT, () -> store().open(below));
  }

  @Test
  void delete_detachOntoTakenName_isRefused_andChangesNothing() throws IOException {
    store().createVolume(name("taken"), 0, 0);
    store().cloneVolume(main, name("free"));
    store().cloneVolume(main, name("taken"));
    refused(EEXIST, () -> store().deleteVolume(main, CloneDisposition.DETACH));
    assertEquals(4, store().volumes().size());
    id("main/free");
    id("main/taken");
  }

  @Test
  void delete_whileHeld_isBusy() throws IOException {
    long file = file(tree(main), "f");
    long version = snapshot(main, "s");
    long clone = store().cloneSnapshot(version, name("c")).id();
    store().openSnapshot(version).hold(file);
    refused(EBUSY, () -> store().deleteSnapshot(version));
    refused(EBUSY, () -> store().deleteVolume(main, CloneDisposition.DELETE));
    store().openSnapshot(version).release(file);
    store().deleteSnapshot(version);
    tree(clone).hold(ROOT);
    refused(EBUSY, () -> store().deleteVolume(clone, CloneDisposition.REFUSE));
    refused(EBUSY, () -> store().deleteVolume(main, CloneDisposition.DELETE));
    tree(clone).release(ROOT);
    store().deleteVolume(main, CloneDisposition.DELETE);
  }

  /** A family of versions; each is deleted at every place of an order. */
  @Test
  void delete_inAnyOrder_leavesTheOthersAsTheyWere() throws IOException {
    for (int round = 0; round < 12; round++) {
      Random random = new Random(round);
      long volume = store().createVolume(name("family" + round), 0, 0).id();
      Map<Long, TreeMap<String, String>> snapshots = new TreeMap<>();
      List<Long> volumes = new ArrayList<>(List.of(volume));
      for (int i = 0; i < 14; i++) {
        long at = volumes.get(random.nextInt(volumes.size()));
        change(tree(at), random);
        if (random.nextInt(3) > 0) {
          long version = snapshot(at, "s" + i);
          snapshots.put(version, dump(version));
        } else if (snapshots.isEmpty() || random.nextBoolean()) {
          volumes.add(store().cloneVolume(at, name("c" + i + "r" + round)).id());
        } else {
          List<Long> all = List.copyOf(snapshots.keySet());
          long from = all.get(random.nextInt(all.size()));
          volumes.add(store().cloneSnapshot(from, name("c" + i + "r" + round)).id());
        }
      }
      deleteInRandomOrder(random, snapshots, volumes);
    }
  }

  private void deleteInRandomOrder(
      Random random, Map<Long, TreeMap<String, String>> snapshots, List<Long> volumes)
      throws IOException {
    store().sync();
    Map<Long, TreeMap<String, String>> heads = new TreeMap<>();
    for (long volume : volumes) {
      heads.put(volume, TreeDump.of(tree(volume)));
    }
    List<Long> order = new ArrayList<>(volumes);
    order.addAll(snapshots.keySet());
    Collections.shuffle(order, random);
    for (long victim : order) {
      if (heads.remove(victim) != null) {
        for (SnapshotInfo snapshot : store().snapshots(victim)) {
          snapshots.remove(snapshot.version());
        }
        store().deleteVolume(victim, CloneDisposition.DETACH);
      } else if (snapshots.remove(victim) != null) {
        store().deleteSnapshot(victim);
      }
      if (random.nextBoolean()) {
        store().reclaim();
      }
      for (Map.Entry<Long, TreeMap<String, String>> left : snapshots.entrySet()) {
        assertEquals(left.getValue(), dump(left.getKey()));
      }
      for (Map.Entry<Long, TreeMap<String, String>> left : heads.entrySet()) {
        assertEquals(left.getValue(), TreeDump.of(tree(left.getKey())));
      }
      assertEquals(List.of(), store().problems(false));
    }
  }

  private static void change(WritableFileTree tree, Random random) throws IOException {
    for (int i = 0; i < 10; i++) {
      Name name = name("f" + random.nextInt(25));
      try {
        tree.create(ROOT, name, FileMode.REGULAR | 0644, 0, 0, 0);
      } catch (FileSystemException e) {
        if (random.nextInt(4) == 0) {
          tree.unlink(ROOT, name);
          continue;
        }
      }
      long inode = tree.lookup(ROOT, name).inode();
      write(tree, inode, random.nextInt(60_000), pattern(random.nextInt(40_000), i));
    }
  }

  @Test
  void thousandSnapshots_eachIsItsOwn_andCanGo() throws IOException {
    long file = file(tree(main), "f");
    List<Long> versions = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      write(tree(main), file, (i % 50) * 4096L, "state " + i + " ");
      file(tree(main), "file " + i, "made at " + i);
      versions.add(snapshot(main, "s" + i));
    }
    subject.reopen();
    assertEquals(1000, store().snapshots(main).size());
    Random random = new Random(1);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    for (int k = 0; k < 1000; k++) {
      int i = order.get(k);
      if (k % 20 == 0) {
        verify(versions.get(i), file, i);
        int other = order.get(k + random.nextInt(1000 - k));
        verify(versions.get(other), file, other);
      }
      store().deleteSnapshot(versions.get(i));
    }
    assertEquals(List.of(), store().snapshots(main));
    assertEquals("made at 999", text(tree(main), ROOT, "file 999"));
  }

  private void verify(long version, long file, int i) throws IOException {
    FileTree tree = store().openSnapshot(version);
    String text = "state " + i + " ";
    assertEquals(text, new String(read(tree, file, (i % 50) * 4096L, text.length())));
    assertEquals("made at " + i, text(tree, ROOT, "file " + i));
    refused(ENOENT, () -> tree.lookup(ROOT, name("file " + (i + 1))));
  }
}
