package dev.brindle.store.model;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiFunction;

/** Concurrent calls on one inode. */
final class FileCalls {
  private static final Name ATTRIBUTE = Name.of("user.a");

  /** Past the end of each file. */
  private static final int FILE_BYTES_MAX = 1 << 16;

  private FileCalls() {}

  static ConcurrentCall<?, ?> getattr(ConcurrentOperands operands) {
    long treeId = operands.tree();
    long inode = operands.inode(treeId);
    return new ConcurrentCall<InodeAttributes, ModelInode>(
        "getattr %d inode %d".formatted(treeId, inode),
        store -> NameCalls.open(store, treeId).getattr(inode),
        (model, found) -> NameCalls.look(model, treeId).inode(inode),
        InodeComparison::attributes);
  }

  static ConcurrentCall<?, ?> chmod(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return setattr(
        volume, operands.inode(volume), AttributeChange.ofMode(0600 | operands.upTo(077)));
  }

  static ConcurrentCall<?, ?> truncate(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long size = operands.oneIn(3) ? 0 : operands.offset();
    return setattr(volume, operands.file(volume), AttributeChange.ofSize(size));
  }

  private static ConcurrentCall<InodeAttributes, ModelInode> setattr(
      long volume, long inode, AttributeChange change) {
    return new ConcurrentCall<>(
        change.size() == null
            ? "chmod %d inode %d %o".formatted(volume, inode, change.mode())
            : "truncate %d inode %d to %d".formatted(volume, inode, change.size()),
        store -> store.open(volume).setattr(inode, change),
        (model, found) ->
            model.update(volume, inode, i -> InodeEdit.setattr(i, change, model.now())),
        InodeComparison::attributes);
  }

  static ConcurrentCall<?, ?> setxattr(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long inode = operands.inode(volume);
    byte[] value = operands.bytes();
    XattrMode mode = operands.oneOf(XattrMode.values());
    return update(
        "setxattr %d inode %d, %d bytes, %s".formatted(volume, inode, value.length, mode),
        volume,
        inode,
        tree -> tree.setxattr(inode, ATTRIBUTE, value, mode),
        (i, now) -> InodeEdit.setxattr(i, ATTRIBUTE, value, mode, now));
  }

  static ConcurrentCall<?, ?> getxattr(ConcurrentOperands operands) {
    long treeId = operands.tree();
    long inode = operands.inode(treeId);
    return new ConcurrentCall<byte[], byte[]>(
        "getxattr %d inode %d".formatted(treeId, inode),
        store -> NameCalls.open(store, treeId).getxattr(inode, ATTRIBUTE),
        (model, found) -> InodeEdit.getxattr(NameCalls.look(model, treeId).inode(inode), ATTRIBUTE),
        (expected, found) -> InodeComparison.bytes("value", 0, expected, found));
  }

  static ConcurrentCall<?, ?> write(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return write(volume, operands.file(volume), operands.offset(), operands.bytes());
  }

  static ConcurrentCall<Boolean, Boolean> write(
      long volume, long inode, long offset, byte[] bytes) {
    return update(
        "write %d inode %d, %d bytes at %d".formatted(volume, inode, bytes.length, offset),
        volume,
        inode,
        tree -> tree.write(inode, offset, ByteBuffer.wrap(bytes)),
        (i, now) -> InodeEdit.write(i, offset, bytes, now));
  }

  static ConcurrentCall<?, ?> append(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return append(volume, operands.file(volume), operands.bytes());
  }

  static ConcurrentCall<Long, Long> append(long volume, long inode, byte[] bytes) {
    return new ConcurrentCall<>(
        "append %d inode %d, %d bytes".formatted(volume, inode, bytes.length),
        store -> store.open(volume).append(inode, ByteBuffer.wrap(bytes)),
        (model, found) -> {
          long[] end = new long[1];
          model.update(
              volume,
              inode,
              i -> {
                end[0] = i.content().size();
                return InodeEdit.append(i, end[0], bytes, model.now());
              });
          return end[0];
        },
        (expected, found) -> InodeComparison.equal("offset", expected, found));
  }

  static ConcurrentCall<?, ?> punch(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long inode = operands.file(volume);
    long offset = operands.offset();
    long length = 1 + operands.upTo(6_000);
    return update(
        "punch %d inode %d, %d bytes at %d".formatted(volume, inode, length, offset),
        volume,
        inode,
        tree -> tree.fallocate(inode, FallocateMode.PUNCH_HOLE, offset, length),
        (i, now) -> InodeEdit.fallocate(i, FallocateMode.PUNCH_HOLE, offset, length, now));
  }

  static ConcurrentCall<?, ?> read(ConcurrentOperands operands) {
    long treeId = operands.tree();
    return read(treeId, operands.file(treeId));
  }

  /** The whole file. */
  static ConcurrentCall<byte[], byte[]> read(long treeId, long inode) {
    return new ConcurrentCall<>(
        "read %d inode %d".formatted(treeId, inode),
        store -> {
          ByteBuffer target = ByteBuffer.allocate(FILE_BYTES_MAX);
          int count = NameCalls.open(store, treeId).read(inode, 0, target);
          return Arrays.copyOf(target.array(), count);
        },
        (model, found) ->
            InodeEdit.read(NameCalls.look(model, treeId).inode(inode), 0, FILE_BYTES_MAX),
        (expected, found) -> InodeComparison.bytes("data", 0, expected, found));
  }

  static ConcurrentCall<?, ?> fsync(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long inode = operands.inode(volume);
    return new ConcurrentCall<Boolean, ModelInode>(
        "fsync %d inode %d".formatted(volume, inode),
        store -> {
          store.open(volume).fsync(inode, false);
          return true;
        },
        (model, found) -> NameCalls.look(model, volume).inode(inode),
        (expected, found) -> {});
  }

  private interface InodeCall {
    void run(WritableFileTree tree) throws IOException;
  }

  private static ConcurrentCall<Boolean, Boolean> update(
      String what,
      long volume,
      long inode,
      InodeCall onTree,
      BiFunction<ModelInode, ModelTime, ModelInode> onModel) {
    return new ConcurrentCall<>(
        what,
        store -> {
          onTree.run(store.open(volume));
          return true;
        },
        (model, found) -> {
          model.update(volume, inode, i -> onModel.apply(i, model.now()));
          return true;
        },
        (expected, found) -> {});
  }
}
