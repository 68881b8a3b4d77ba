package dev.brindle.store.model;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Compares one inode of a store with the model's. Differences are {@link AssertionError}s. */
final class InodeComparison {
  private InodeComparison() {}

  static void attributes(ModelInode expected, InodeAttributes actual) {
    identity(expected, actual);
    equal("mode", Integer.toOctalString(expected.mode()), Integer.toOctalString(actual.mode()));
    equal("size", expected.size(), actual.size());
    time("access time", expected.accessTime(), actual.accessTime());
    time("modification time", expected.modificationTime(), actual.modificationTime());
    time("change time", expected.changeTime(), actual.changeTime());
  }

  /** What no operation on the file's data changes. */
  static void identity(ModelInode expected, InodeAttributes actual) {
    equal("inode", expected.number(), actual.inode());
    equal("type", expected.mode() & FileMode.TYPE_MASK, actual.mode() & FileMode.TYPE_MASK);
    equal("link count", expected.linkCount(), actual.linkCount());
    equal("uid", expected.uid(), actual.uid());
    equal("gid", expected.gid(), actual.gid());
    equal("device", expected.device(), actual.device());
    equal("flags", expected.flags(), actual.flags());
    time("birth time", expected.birthTime(), actual.birthTime());
  }

  static void xattrs(FileTree tree, ModelInode expected) throws IOException {
    List<Name> names = new ArrayList<>();
    expected.xattrs().forEach(entry -> names.add(entry.getKey()));
    List<Name> found = new ArrayList<>(tree.listxattr(expected.number()));
    found.sort(null);
    equal("names of xattrs", names, found);
    for (Map.Entry<Name, byte[]> entry : expected.xattrs()) {
      byte[] value = tree.getxattr(expected.number(), entry.getKey());
      bytes("xattr " + entry.getKey(), 0, entry.getValue(), value);
    }
  }

  static void content(FileTree tree, ModelInode expected) throws IOException {
    SparseBytes content = expected.content();
    for (long block : probes(content)) {
      read(tree, expected, block * SparseBytes.BLOCK, SparseBytes.BLOCK);
    }
    read(tree, expected, content.size(), 10);
    seek(tree, expected, 0);
  }

  /** Reads a range and compares it. */
  static void read(FileTree tree, ModelInode file, long offset, int length) throws IOException {
    bytes("data", offset, file.content().read(offset, length), bytes(tree, file, offset, length));
  }

  static byte[] bytes(FileTree tree, ModelInode file, long offset, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    int count = tree.read(file.number(), offset, target);
    equal("bytes read and the buffer's position at " + offset, count, target.position());
    return Arrays.copyOf(target.array(), count);
  }

  static void bytes(String what, long offset, byte[] expected, byte[] actual) {
    int at = Arrays.mismatch(expected, actual);
    if (at < 0) {
      return;
    }
    throw new AssertionError(
        "%s differ at byte %d: expected %s (of %d bytes from %d on), found %s (of %d)"
            .formatted(
                what,
                offset + at,
                at < expected.length ? expected[at] : "the end",
                expected.length,
                offset,
                at < actual.length ? actual[at] : "the end",
                actual.length));
  }

  /** A seek flushes: a disk that crashes behind its back is no difference in content. */
  private static void refuseFault(Outcome<Long> outcome) throws FileSystemException {
    Errno errno = outcome.errno();
    if (errno == Errno.EROFS || errno == Errno.EIO) {
      throw new FileSystemException(errno, "a seek");
    }
  }

  /** Follows the file's holes and data from an offset on. */
  static void seek(FileTree tree, ModelInode file, long from) throws IOException {
    SparseBytes content = file.content();
    long at = from;
    for (int i = 0; i < 50 && at < content.size(); i++) {
      long offset = at;
      long inode = file.number();
      Outcome<Long> data = Outcome.of(() -> tree.seek(inode, offset, Seek.DATA));
      refuseFault(data);
      String problem = SeekRule.refuseData(content, offset, data);
      if (problem != null) {
        throw new AssertionError("SEEK_DATA from " + offset + ": " + problem);
      }
      if (data.value() == null) {
        return;
      }
      Outcome<Long> hole = Outcome.of(() -> tree.seek(inode, data.value(), Seek.HOLE));
      refuseFault(hole);
      problem = SeekRule.refuseHole(content, data.value(), hole);
      if (problem != null) {
        throw new AssertionError("SEEK_HOLE from " + data.value() + ": " + problem);
      }
      at = hole.value();
    }
  }

  static void time(String what, ModelTime expected, dev.brindle.store.Timestamp actual) {
    if (!expected.contains(actual)) {
      throw new AssertionError(
          "%s: expected %s, found %s".formatted(what, expected, actual.toInstant()));
    }
  }

  static void equal(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("%s: expected %s, found %s".formatted(what, expected, actual));
    }
  }

  /**
   * What a file takes when nothing of it is in buffers: at least its data, at most what was asked.
   */
  static void blocks(SparseBytes content, InodeAttributes actual) {
    long most = (content.written().size() + (long) content.allocated().size()) * 8;
    // the first block of a file that was small once may stand in the tree, in sectors
    most += content.mayBeData(0) ? 0 : 8;
    long least = 0;
    if (content.size() > SparseBytes.BLOCK) {
      for (Map.Entry<Long, byte[]> block : content.written()) {
        least += block.getKey() > 0 && content.mustBeData(block.getKey()) ? 8 : 0;
      }
    }
    if (actual.blocks() < least || actual.blocks() > most) {
      throw new AssertionError(
          "blocks: expected %d..%d, found %d".formatted(least, most, actual.blocks()));
    }
  }

  /** Every block that was written, those beside it, and the file's ends. */
  private static TreeSet<Long> probes(SparseBytes content) {
    TreeSet<Long> blocks = new TreeSet<>();
    long last = Math.max(0, content.size() - 1) / SparseBytes.BLOCK;
    for (Map.Entry<Long, byte[]> entry : content.written()) {
      blocks.add(entry.getKey());
      blocks.add(Math.max(0, entry.getKey() - 1));
      blocks.add(Math.min(last, entry.getKey() + 1));
    }
    blocks.add(0L);
    blocks.add(last);
    return blocks;
  }
}
