package dev.brindle.store.model;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.WritableFileTree.FallocateMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Operations on the data of files. */
final class DataOperations {
  private static final int BLOCK = SparseBytes.BLOCK;

  /** A file with more blocks is cut before it is written to again, so that a run stays small. */
  private static final int BLOCKS_MAX = 1_500;

  private DataOperations() {}

  static void write(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.file(volume.tree());
    long offset = offset(pick, volume.tree(), inode);
    byte[] bytes = pick.bytes(length(pick));
    write(lockstep, pick, volume.id(), inode, offset, bytes);
  }

  static boolean write(
      Lockstep lockstep, Pick pick, long volume, long inode, long offset, byte[] bytes)
      throws IOException {
    ModelStore model = lockstep.model();
    ModelInode before = model.tree(volume).inodes().get(inode);
    if (before != null && before.content().written().size() > BLOCKS_MAX) {
      return truncate(lockstep, volume, inode, pick.skewed(100_000));
    }
    ByteBuffer source = buffer(pick, bytes);
    boolean done =
        lockstep.run(
            "write %d inode %d, %d bytes at %d".formatted(volume, inode, bytes.length, offset),
            () -> lockstep.open(volume).write(inode, offset, source),
            () -> model.update(volume, inode, i -> InodeEdit.write(i, offset, bytes, model.now())));
    if (done) {
      InodeComparison.equal("bytes left in the source", 0, source.remaining());
      lockstep.history().written(volume, before, model.tree(volume).inodes().get(inode));
    }
    return done;
  }

  /** Writes blocks with gaps between them, so that the file has many extents. */
  static void scatter(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.file(volume.tree());
    ModelInode file = volume.tree().inodes().get(inode);
    if (file == null || !file.isRegular()) {
      return;
    }
    int count = 20 + pick.random().nextInt(pick.oneIn(4) ? 700 : 60);
    long start = pick.random().nextInt(100);
    for (int i = 0; i < count; i++) {
      long offset = (start + 2L * i) * BLOCK + (pick.oneIn(10) ? 5 : 0);
      write(lockstep, pick, volume.id(), inode, offset, pick.bytes(BLOCK));
    }
  }

  static void append(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.file(volume.tree());
    ModelInode before = volume.tree().inodes().get(inode);
    if (before != null && before.content().written().size() > BLOCKS_MAX) {
      truncate(lockstep, volume.id(), inode, 0);
      return;
    }
    byte[] bytes = pick.bytes(1 + length(pick));
    ModelStore model = lockstep.model();
    boolean done =
        lockstep.<Long, Long>run(
            "append %d inode %d, %d bytes".formatted(volume.id(), inode, bytes.length),
            () -> lockstep.open(volume.id()).append(inode, buffer(pick, bytes)),
            found -> {
              model.update(
                  volume.id(),
                  inode,
                  i -> InodeEdit.append(i, i.content().size(), bytes, model.now()));
              return before.content().size();
            },
            (expected, found) -> InodeComparison.equal("offset", expected, found));
    if (done) {
      lockstep.history().written(volume.id(), before, model.tree(volume.id()).inodes().get(inode));
    }
  }

  static void truncate(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.file(volume.tree());
    long size = pick.oneIn(4) ? 0 : offset(pick, volume.tree(), inode);
    truncate(lockstep, volume.id(), inode, size);
  }

  static boolean truncate(Lockstep lockstep, long volume, long inode, long size)
      throws IOException {
    ModelInode before = lockstep.model().tree(volume).inodes().get(inode);
    boolean done =
        AttributeOperations.setattr(lockstep, volume, inode, AttributeChange.ofSize(size));
    if (done) {
      ModelInode after = lockstep.model().tree(volume).inodes().get(inode);
      long oldSize = before.content().size();
      if (size == 0 && lockstep.model().isHeld(volume, inode)) {
        lockstep.history().emptied(volume, inode);
      }
      if (size < oldSize) {
        lockstep.history().cut(volume, before, after, size, Long.MAX_VALUE);
      } else {
        lockstep.history().written(volume, before, after);
      }
    }
    return done;
  }

  /** From any tree, mostly by whole blocks. */
  static void copy(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long treeId = pick.oneIn(2) ? volume.id() : pick.tree();
    TreeState tree = lockstep.model().tree(treeId);
    long from = pick.file(tree);
    long to = treeId == volume.id() && pick.oneIn(6) ? from : pick.file(volume.tree());
    long start = offset(pick, tree, from);
    long target = offset(pick, volume.tree(), to);
    if (!pick.oneIn(4)) {
      start -= start % BLOCK;
      target -= target % BLOCK;
    } else if (pick.oneIn(2)) {
      target += start % BLOCK - target % BLOCK;
    }
    long length = pick.oneIn(3) ? Long.MAX_VALUE : length(pick) + pick.random().nextInt(3) - 1;
    copy(lockstep, treeId, from, start, volume.id(), to, target, length);
  }

  static boolean copy(
      Lockstep lockstep,
      long treeId,
      long from,
      long start,
      long volume,
      long to,
      long target,
      long length)
      throws IOException {
    ModelStore model = lockstep.model();
    ModelInode source = model.tree(treeId).inodes().get(from);
    ModelInode before = model.tree(volume).inodes().get(to);
    int blocks = before == null || source == null ? 0 : source.content().written().size();
    if (blocks > 0 && blocks + before.content().written().size() > BLOCKS_MAX) {
      return truncate(lockstep, volume, to, 0);
    }
    boolean sameFile = treeId == volume && from == to;
    boolean done =
        lockstep.<Long, Long>run(
            "copy %d inode %d at %d to %d inode %d at %d, %d bytes"
                .formatted(treeId, from, start, volume, to, target, length),
            () ->
                lockstep
                    .open(volume)
                    .copyRange(lockstep.openTree(treeId), from, start, to, target, length),
            found -> {
              ModelInode original = modelInode(lockstep, treeId, from);
              ModelInode copy = modelInode(lockstep, volume, to);
              long count = InodeEdit.copyLength(original, start, copy, target, length, sameFile);
              boolean isPart = found != null && found > 0 && lockstep.mayEndEarly();
              long part = isPart ? Math.min(count, found) : count;
              model.update(
                  volume,
                  to,
                  i -> InodeEdit.copy(i, original.content(), start, target, part, model.now()));
              return part;
            },
            (expected, found) -> InodeComparison.equal("bytes copied", expected, found));
    if (done) {
      lockstep.history().written(volume, before, model.tree(volume).inodes().get(to));
    }
    return done;
  }

  private static ModelInode modelInode(Lockstep lockstep, long treeId, long inode) {
    ModelStore model = lockstep.model();
    return new TreeEdit(model.tree(treeId), model.now(), i -> false).inode(inode);
  }

  static void fallocate(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.file(volume.tree());
    FallocateMode mode =
        FallocateMode.values()[pick.random().nextInt(FallocateMode.values().length)];
    long offset = offset(pick, volume.tree(), inode);
    long most = mode == FallocateMode.PUNCH_HOLE ? 1L << 40 : 600_000;
    long length = pick.oneIn(30) ? -pick.random().nextInt(2) : 1 + pick.skewed(most);
    ModelInode before = volume.tree().inodes().get(inode);
    ModelStore model = lockstep.model();
    boolean done =
        lockstep.run(
            "fallocate %d inode %d %s, %d bytes at %d"
                .formatted(volume.id(), inode, mode, length, offset),
            () -> lockstep.open(volume.id()).fallocate(inode, mode, offset, length),
            () ->
                model.update(
                    volume.id(),
                    inode,
                    i -> InodeEdit.fallocate(i, mode, offset, length, model.now())));
    if (done) {
      ModelInode after = model.tree(volume.id()).inodes().get(inode);
      cut(lockstep, volume.id(), before, after, mode, offset, length);
    }
  }

  private static void cut(
      Lockstep lockstep,
      long volume,
      ModelInode before,
      ModelInode after,
      FallocateMode mode,
      long offset,
      long length) {
    boolean zeroes = mode != FallocateMode.ALLOCATE && mode != FallocateMode.ALLOCATE_KEEP_SIZE;
    History history = lockstep.history();
    if (zeroes) {
      long size = Math.min(before.content().size(), after.content().size());
      ModelInode cut = after.withContent(before.content().punch(offset, length).resize(size));
      // what is left of the blocks at both ends is written as zeros, as data is
      long from = Math.min(Long.MAX_VALUE - BLOCK, offset + BLOCK - 1) / BLOCK * BLOCK;
      history.cut(volume, before, cut, from, (offset + length) / BLOCK * BLOCK);
    }
    history.written(volume, before, after);
  }

  static void read(Lockstep lockstep, Pick pick) throws IOException {
    long treeId = pick.tree();
    TreeState tree = lockstep.model().tree(treeId);
    long inode = pick.file(tree);
    long offset = offset(pick, tree, inode);
    int length = length(pick) + pick.random().nextInt(2);
    ByteBuffer target =
        pick.oneIn(2) ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
    lockstep.ask(
        "read %d inode %d, %d bytes at %d".formatted(treeId, inode, length, offset),
        () -> lockstep.openTree(treeId).read(inode, offset, target),
        found ->
            InodeEdit.read(
                new TreeEdit(tree, lockstep.model().now(), i -> false).inode(inode),
                offset,
                length),
        (expected, count) -> {
          byte[] actual = new byte[count];
          target.flip();
          InodeComparison.equal("bytes in the buffer", count, target.remaining());
          target.get(actual);
          InodeComparison.bytes("data", offset, expected, actual);
        });
  }

  static void seek(Lockstep lockstep, Pick pick) throws IOException {
    long treeId = pick.tree();
    TreeState tree = lockstep.model().tree(treeId);
    long inode = pick.file(tree);
    ModelInode file = tree.inodes().get(inode);
    if (file == null || !file.isRegular()) {
      return;
    }
    long offset = offset(pick, tree, inode);
    String what = "seek %d inode %d from %d".formatted(treeId, inode, offset);
    SparseBytes content = file.content();
    Outcome<Long> data =
        lockstep.ask(
            what + ", data", () -> lockstep.openTree(treeId).seek(inode, offset, Seek.DATA));
    Outcome<Long> hole =
        lockstep.ask(
            what + ", hole", () -> lockstep.openTree(treeId).seek(inode, offset, Seek.HOLE));
    String problem = SeekRule.refuseData(content, offset, data);
    if (problem != null) {
      throw new AssertionError("SEEK_DATA from " + offset + ": " + problem);
    }
    problem = SeekRule.refuseHole(content, offset, hole);
    if (problem != null) {
      throw new AssertionError("SEEK_HOLE from " + offset + ": " + problem);
    }
  }

  static void fsync(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.oneIn(3) ? pick.inode(volume.tree()) : pick.file(volume.tree());
    fsync(lockstep, volume, inode, pick.oneIn(2));
  }

  static void fsync(Lockstep lockstep, ModelVolume volume, long inode, boolean dataOnly)
      throws IOException {
    boolean done =
        lockstep.run(
            "fsync %d inode %d, data only %s".formatted(volume.id(), inode, dataOnly),
            () -> lockstep.open(volume.id()).fsync(inode, dataOnly),
            () -> new TreeEdit(volume.tree(), lockstep.model().now(), i -> false).inode(inode));
    if (done) {
      lockstep.history().namesDurable();
      lockstep.history().dataDurable(volume.id(), inode);
    }
  }

  /** Near what is there, at block boundaries or not, seldom far away. */
  private static long offset(Pick pick, TreeState tree, long inode) {
    Random random = pick.random();
    ModelInode file = tree.inodes().get(inode);
    long size = file == null ? 0 : Math.min(file.content().size(), 1L << 50);
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1 -> size;
      case 2 -> Math.max(0, size - random.nextInt(5000));
      case 3 -> size + random.nextInt(20_000);
      case 4 -> (long) random.nextInt(64) * BLOCK;
      case 5 -> (long) random.nextInt(64) * BLOCK + random.nextInt(3) - (pick.oneIn(20) ? 1 : 0);
      case 6 -> pick.oneIn(6) ? random.nextLong() >>> (2 + random.nextInt(40)) : 4096;
      case 7 -> pick.oneIn(20) ? Long.MAX_VALUE - random.nextInt(20_000) : 8192;
      case 8 -> (long) (random.nextDouble() * size);
      default -> random.nextInt(30_000);
    };
  }

  private static int length(Pick pick) {
    Random random = pick.random();
    return switch (random.nextInt(40)) {
      case 0 -> pick.oneIn(6) ? 1_000_000 + random.nextInt(3_000_000) : 70_000;
      case 1, 2 -> 64 * 1024 + random.nextInt(200_000);
      case 3, 4, 5, 6 -> (1 + random.nextInt(16)) * BLOCK;
      case 7 -> 0;
      case 8, 9, 10, 11, 12, 13, 14 -> random.nextInt(20_000);
      default -> 1 + random.nextInt(3_000);
    };
  }

  private static ByteBuffer buffer(Pick pick, byte[] bytes) {
    int skip = pick.random().nextInt(3);
    ByteBuffer buffer =
        pick.oneIn(2)
            ? ByteBuffer.allocate(skip + bytes.length)
            : ByteBuffer.allocateDirect(skip + bytes.length);
    return buffer.position(skip).put(bytes).position(skip);
  }
}
