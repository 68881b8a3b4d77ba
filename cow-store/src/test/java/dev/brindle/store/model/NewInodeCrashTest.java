package dev.brindle.store.model;

import static dev.brindle.store.contract.Acls.acl;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A crash at every operation on the disk while inodes are made and removed: one without a name is
 * gone or has its name and its content, one that is held goes with its name, and no inode stands
 * without what it inherits, or without its flags.
 */
class NewInodeCrashTest {
  private static final byte[] CONTENT = pattern(50_000, 3);
  private static final String INHERITED = "u::7 u:5:6 g::5 m::7 o::0";

  private final Random random = new Random(11);
  private final List<FaultyDisk> crashed = new ArrayList<>();

  private interface Body {
    void run(WritableFileTree tree) throws IOException;
  }

  /** Runs on a store, tries a crash at each of its operations on the disk, and judges each. */
  private void crashThroughout(Body prepare, Body run, Body judge) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, CrashRun.OPTIONS);
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("volume"), 0, 0).id());
      prepare.run(tree);
      store.checkpoint();
      disk.observe(operation -> crash(disk));
      run.run(tree);
      store.checkpoint();
      crash(disk);
      disk.observe(null);
    }
    assertTrue(crashed.size() > 20, crashed.size() + " crashes");
    for (FaultyDisk left : crashed) {
      try (Store store = Store.open(left, CrashRun.OPTIONS)) {
        judge.run(store.open(store.volume("volume").id()));
        assertEquals(List.of(), Check.run(store, true).problems());
      }
    }
  }

  private void crash(FaultyDisk disk) {
    for (Loss loss : Loss.values()) {
      crashed.add(disk.afterCrash(loss, random));
    }
  }

  @Test
  void unnamedFile_isGone_orHasItsNameAndItsContent() throws IOException {
    int[] seen = new int[2];
    crashThroughout(
        tree -> {},
        tree -> {
          long lost = tree.createUnnamed(ROOT, 0600, 0, UID, GID).inode();
          write(tree, lost, 0, CONTENT);
          tree.fsync(lost, false);
          long kept = tree.createUnnamed(ROOT, 0600, 0, UID, GID).inode();
          write(tree, kept, 0, CONTENT);
          tree.link(kept, ROOT, name("f"));
          tree.fsync(ROOT, false);
        },
        tree -> {
          boolean named = names(tree, ROOT).equals(List.of("f"));
          seen[named ? 1 : 0]++;
          assertEquals(named ? 2 : 1, tree.statistics().inodes());
          if (named) {
            long file = tree.lookup(ROOT, name("f")).inode();
            assertEquals(1, tree.getattr(file).linkCount());
            assertArrayEquals(CONTENT, read(tree, file, 0, CONTENT.length + 1));
          }
        });
    assertTrue(seen[0] > 0 && seen[1] > 0, "seen without " + seen[0] + ", with " + seen[1]);
  }

  @Test
  void fileMadeHeld_hasItsName_orIsGone() throws IOException {
    int[] seen = new int[2];
    crashThroughout(
        tree -> {},
        tree -> {
          long file = tree.createHeld(ROOT, name("f"), 0600, 0, UID, GID).inode();
          tree.fsync(file, false);
          tree.unlink(ROOT, name("f"));
          write(tree, file, 0, CONTENT);
          tree.fsync(file, false);
        },
        tree -> {
          boolean named = names(tree, ROOT).equals(List.of("f"));
          seen[named ? 1 : 0]++;
          assertEquals(named ? 2 : 1, tree.statistics().inodes());
        });
    assertTrue(seen[0] > 0 && seen[1] > 0, "seen without " + seen[0] + ", with " + seen[1]);
  }

  @Test
  void removedDirectoryThatIsHeld_hasItsName_orIsGone() throws IOException {
    int[] seen = new int[2];
    crashThroughout(
        tree -> {},
        tree -> {
          long held = directory(tree, "d");
          directory(tree, "e");
          tree.fsync(ROOT, false);
          tree.rename(ROOT, name("e"), ROOT, name("d"), RenameMode.REPLACE, true);
          tree.setattr(held, AttributeChange.ofMode(0700));
          tree.fsync(held, false);
          long replaced = tree.rmdir(ROOT, name("d"), true).inode();
          tree.fsync(ROOT, false);
          tree.release(held);
          tree.fsync(replaced, false);
        },
        tree -> {
          List<String> names = names(tree, ROOT);
          seen[names.isEmpty() ? 1 : 0]++;
          assertEquals(1 + names.size(), tree.statistics().inodes());
          assertEquals(2 + names.size(), tree.getattr(ROOT).linkCount());
        });
    assertTrue(seen[0] > 0 && seen[1] > 0, "seen with " + seen[0] + ", without " + seen[1]);
  }

  @Test
  void newInode_neverStandsWithoutWhatItInherits() throws IOException {
    int[] seen = new int[2];
    crashThroughout(
        tree -> {
          long parent = directory(tree, "d");
          tree.setxattr(parent, PosixAcl.DEFAULT, acl(INHERITED), XattrMode.CREATE);
          tree.setFlags(parent, InodeFlags.NO_DUMP);
        },
        tree -> {
          long parent = tree.lookup(ROOT, name("d")).inode();
          tree.create(parent, name("f"), FileMode.REGULAR | 0666, 022, UID, GID, 0);
          tree.fsync(parent, false);
          tree.mkdir(parent, name("e"), 0777, 022, UID, GID);
          tree.fsync(parent, false);
        },
        tree -> {
          long parent = tree.lookup(ROOT, name("d")).inode();
          List<String> names = names(tree, parent);
          seen[names.isEmpty() ? 0 : 1]++;
          for (String found : names) {
            InodeAttributes made = tree.lookup(parent, name(found));
            String access = found.equals("f") ? "u::6 u:5:6 g::5 m::6 o::0" : INHERITED;
            assertArrayEquals(acl(access), tree.getxattr(made.inode(), PosixAcl.ACCESS));
            assertTrue(made.hasAccessAcl());
            assertEquals(InodeFlags.NO_DUMP, made.flags() & InodeFlags.SETTABLE);
          }
        });
    assertTrue(seen[0] > 0 && seen[1] > 0, "seen without " + seen[0] + ", with " + seen[1]);
  }
}
