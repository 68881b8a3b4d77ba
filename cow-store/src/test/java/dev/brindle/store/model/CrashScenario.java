package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;

/** What a store does while crashes are tried: each kind of operation, with and without fsync. */
enum CrashScenario {
  CREATE_WRITE_FSYNC {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      for (int i = 0; i < 3; i++) {
        long small = s.file("small " + i);
        s.write(small, 0, 500);
        s.fsync(small);
        long large = s.file("large " + i);
        s.write(large, 3, 30_000);
        s.write(large, 100_000, 9_000);
        s.fsync(large);
        s.write(large, 10_000, 50);
        s.write(small, 400, 7_000);
        s.fsync(large);
        s.fsync(small);
      }
    }
  },

  RENAME_OVER {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long directory = s.mkdir(ROOT, "directory");
      for (int i = 0; i < 4; i++) {
        s.write(s.file("a"), 0, 6_000);
        s.write(s.file(directory, "b"), 0, 300);
        s.rename(ROOT, "a", directory, "b", RenameMode.REPLACE);
        s.write(s.file("c"), 0, 10);
        s.rename(ROOT, "c", directory, "b", RenameMode.EXCHANGE);
        s.fsync(directory);
        s.unlink(directory, "b");
        s.unlink(ROOT, "c");
      }
    }
  },

  /** What editors and package managers do: no fsync, and either the old or the new is there. */
  WRITE_TEMPORARY_THEN_RENAME {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      s.write(s.file("target"), 0, 20_000);
      s.sync();
      for (int i = 0; i < 4; i++) {
        long temporary = s.file("temporary");
        s.write(temporary, 0, 9_000 + 3_000 * i);
        s.write(temporary, 9_000, i == 3 ? 100 : 5_000);
        s.rename("temporary", "target");
        s.file("after " + i);
        if (i == 1) {
          s.fsync(ROOT);
        }
      }
      s.checkpoint();
    }
  },

  /** As above, and the old one is kept under the temporary's name. */
  WRITE_TEMPORARY_THEN_EXCHANGE {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long target = s.file("target");
      long other = s.file("other");
      s.write(target, 0, 20_000);
      s.write(other, 0, 20_000);
      s.sync();
      s.write(s.file("temporary"), 0, 9_000);
      s.write(target, 0, 9_000);
      s.rename(ROOT, "temporary", ROOT, "target", RenameMode.EXCHANGE);
      s.fsync(other);
      s.write(target, 4_000, 9_000);
      s.rename(ROOT, "other", ROOT, "temporary", RenameMode.EXCHANGE);
      s.fsync(ROOT);
    }
  },

  /** {@code open(O_TRUNC)}, write, close. */
  TRUNCATE_REWRITE_CLOSE {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long file = s.file("file");
      s.write(file, 0, 20_000);
      s.sync();
      for (int i = 0; i < 4; i++) {
        s.hold(file);
        s.truncate(file, 0);
        s.write(file, 0, 100 + 7_000 * i);
        s.release(file);
        s.fsync(s.file("after " + i));
        s.truncate(file, 2_000);
        s.write(file, 8_000, 100);
        s.truncate(file, 30_000);
      }
      s.checkpoint();
    }
  },

  LINKS {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long directory = s.mkdir(ROOT, "directory");
      for (int i = 0; i < 4; i++) {
        long file = s.file("file");
        s.write(file, 0, 5_000);
        s.link(file, directory, "link");
        s.link(file, ROOT, "link " + i);
        s.unlink(ROOT, "file");
        s.fsync(directory);
        s.rename(directory, "link", ROOT, "link " + i, RenameMode.REPLACE);
        s.unlink(directory, "link");
        s.unlink(ROOT, "link " + i);
      }
    }
  },

  UNLINK_OPEN_FILE {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      for (int i = 0; i < 3; i++) {
        long file = s.file("file");
        s.write(file, 0, 12_000);
        s.hold(file);
        s.unlink(ROOT, "file");
        s.write(file, 3_000, 40_000);
        s.fsync(file);
        s.snapshot("snapshot " + i);
        if (i == 1) {
          s.checkpoint();
        }
        s.release(file);
        s.sync();
      }
    }
  },

  DIRECTORIES {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      for (int i = 0; i < 4; i++) {
        long outer = s.mkdir(ROOT, "outer");
        long inner = s.mkdir(outer, "inner");
        s.file(inner, "file");
        s.rename(outer, "inner", ROOT, "moved", RenameMode.NO_REPLACE);
        s.fsync(inner);
        s.unlink(inner, "file");
        s.rmdir(ROOT, "moved");
        s.rmdir(ROOT, "outer");
      }
      s.sync();
    }
  },

  XATTRS {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long file = s.file("file");
      for (int i = 0; i < 4; i++) {
        s.setxattr(file, "user.small", 30 + i);
        s.setxattr(file, "user.large", 20_000 * i);
        s.fsync(file);
        s.removexattr(file, "user.small");
        s.setxattr(ROOT, "user.root", 3_000);
      }
      s.sync();
    }
  },

  SNAPSHOTS {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long file = s.file("file");
      long[] snapshots = new long[4];
      for (int i = 0; i < snapshots.length; i++) {
        s.write(file, 4_096L * i, 6_000);
        s.file("not flushed " + i);
        snapshots[i] = s.snapshot("snapshot " + i);
        s.write(file, 0, 5_000);
      }
      s.deleteSnapshot(snapshots[1]);
      s.deleteSnapshot(snapshots[2]);
      s.write(file, 2_000, 100);
      s.reclaim();
      s.deleteSnapshot(snapshots[3]);
      s.unlink(ROOT, "file");
      s.reclaim();
    }
  },

  CLONES {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long file = s.file("file");
      s.write(file, 0, 9_000);
      long snapshot = s.snapshot("snapshot");
      long volume = s.lockstep().state().volumes().last().getKey();
      s.write(file, 3_000, 9_000);
      long ofHead = s.cloneVolume("of the head");
      long ofSnapshot = s.cloneSnapshot(snapshot, "of the snapshot");
      s.deleteSnapshot(snapshot);
      for (long id : new long[] {ofHead, volume, ofSnapshot}) {
        s.use(id);
        s.write(file, 1_000, 20_000);
        s.fsync(file);
        s.file("made");
      }
      s.deleteVolume(ofHead, CloneDisposition.REFUSE);
      s.reclaim();
      s.deleteVolume(volume, CloneDisposition.DETACH);
      s.use(ofSnapshot);
      s.write(file, 0, 100);
      s.reclaim();
    }
  },

  /** Large enough that it takes many steps to free what was deleted. */
  REAPING {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long directory = s.mkdir(ROOT, "directory");
      for (int i = 0; i < 150; i++) {
        s.write(s.file(directory, "file " + i), 0, i % 10 == 0 ? 9_000 : 300);
      }
      long snapshot = s.snapshot("snapshot");
      for (int i = 0; i < 150; i += 2) {
        s.unlink(directory, "file " + i);
      }
      long clone = s.cloneSnapshot(snapshot, "clone");
      s.checkpoint();
      s.deleteSnapshot(snapshot);
      s.deleteVolume(clone, CloneDisposition.REFUSE);
      s.reclaim();
    }
  },

  CHECKPOINTS {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      for (int i = 0; i < 4; i++) {
        long file = s.file("file " + i);
        s.write(file, 0, 5_000);
        s.checkpoint();
        s.write(file, 1_000, 50);
        s.file("behind " + i);
        s.fsync(file);
        s.checkpoint();
        s.checkpoint();
      }
      s.reopen();
      s.file("after the reopening");
    }
  },

  /** Segments fill, die, are rewritten, deleted and recycled. */
  SEGMENTS {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long kept = s.file("kept");
      for (int i = 0; i < 6; i++) {
        long going = s.file("going");
        s.write(kept, 20_000L * i, 20_000);
        s.write(going, 0, 150_000);
        s.fsync(kept);
        s.fsync(going);
        s.unlink(ROOT, "going");
        s.checkpoint();
        if (i % 2 == 1) {
          s.reclaim();
        }
      }
      s.truncate(kept, 0);
      s.reclaim();
    }
  },

  FULL_DISK {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      s.lockstep().expectFullDisk(true);
      long going = s.file("going");
      s.write(going, 0, 200_000);
      s.checkpoint();
      disk.setCapacity(disk.usedBytes() + (9L << 20));
      for (int i = 0; i < 12; i++) {
        long file = s.file("file " + i);
        if (file != 0 && s.write(file, 0, 120_000)) {
          s.fsync(file);
        }
      }
      s.unlink(ROOT, "going");
      s.tryCheckpoint();
      s.tryCheckpoint();
      disk.setCapacity(Long.MAX_VALUE);
      s.lockstep().expectFullDisk(false);
      s.reclaim();
      s.fsync(s.file("room again"));
    }
  },

  MANY_EXTENTS {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long file = s.file("file");
      for (int i = 0; i < 40; i++) {
        s.write(file, 8_192L * i, 4_096);
      }
      s.fsync(file);
      s.snapshot("snapshot");
      for (int i = 0; i < 40; i += 3) {
        s.write(file, 8_192L * i + 1, 4_096);
      }
      s.rename("file", "renamed");
      s.truncate(file, 100_000);
      s.sync();
      s.truncate(file, 0);
      s.checkpoint();
    }
  },

  /** By reference within a volume, from snapshots and from clones, and all of it deleted. */
  COPIES {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long file = s.file("file");
      s.write(file, 0, 30_000);
      s.write(file, 60_000, 9_000);
      long main = s.id();
      long whole = s.file("whole");
      s.copy(main, file, 0, whole, 0, Long.MAX_VALUE);
      s.fsync(whole);
      long part = s.file("part");
      s.copy(main, whole, 4_096, part, 8_192, 20_000);
      s.copy(main, whole, 5_000, part, 100, 9_000);
      s.copy(main, part, 8_192, part, 40_960, 12_288);
      long snapshot = s.snapshot("snapshot");
      s.write(file, 3_000, 6_000);
      s.copy(snapshot, file, 0, part, 0, 12_288);
      s.copy(snapshot, file, 0, file, 0, Long.MAX_VALUE);
      s.checkpoint();
      long clone = s.cloneSnapshot(snapshot, "clone");
      s.use(clone);
      s.copy(main, part, 0, whole, 4_096, 30_000);
      s.fsync(whole);
      s.use(main);
      s.copy(clone, whole, 0, file, 81_920, Long.MAX_VALUE);
      s.unlink(ROOT, "whole");
      s.truncate(part, 10_000);
      s.deleteSnapshot(snapshot);
      s.reclaim();
      s.deleteVolume(clone, CloneDisposition.REFUSE);
      s.fsync(file);
      s.unlink(ROOT, "file");
      s.reclaim();
      s.unlink(ROOT, "part");
      s.reclaim();
    }
  },

  SEVERAL_HEADS {
    @Override
    void run(Script s, FaultyDisk disk) throws IOException {
      long first = s.lockstep().state().volumes().last().getKey();
      long[] volumes = {first, s.volume("second"), s.volume("third")};
      for (int i = 0; i < 3; i++) {
        for (long volume : volumes) {
          s.use(volume);
          long file = s.file("file " + i);
          s.write(file, 0, 5_000 + 1_000 * i);
          if (volume == volumes[i]) {
            s.fsync(file);
            s.snapshot("snapshot " + i);
          }
        }
      }
      s.deleteVolume(volumes[1], CloneDisposition.REFUSE);
      s.checkpoint();
    }
  };

  static final long ROOT = Script.ROOT;

  void onNewVolume(Script s, FaultyDisk disk) throws IOException {
    s.volume("volume");
    run(s, disk);
  }

  /**
   * Runs on a new volume.
   *
   * @param disk under the store
   */
  abstract void run(Script s, FaultyDisk disk) throws IOException;
}
