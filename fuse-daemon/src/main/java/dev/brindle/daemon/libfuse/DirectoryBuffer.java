package dev.brindle.daemon.libfuse;

import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import java.nio.ByteBuffer;

/**
 * Directory entries as the kernel takes them, up to the size of one answer; what does not fit is
 * asked for again, from the last entry's cookie on, so a directory of any size takes the memory of
 * one answer.
 *
 * <pre>
 *   fuse_dirent   0 ino u64   8 off u64   16 namelen u32   20 type u32   24 name, padded to 8
 * </pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man4/fuse.4.html">fuse(4)</a>
 */
final class DirectoryBuffer implements DirectoryVisitor {
  private static final int NAME_AT = 24;
  private static final int TYPE_SHIFT = 12;

  private final ByteBuffer target;
  private final int limit;
  private int used;

  DirectoryBuffer(ByteBuffer target, int limit) {
    this.target = target;
    this.limit = limit;
  }

  int used() {
    return used;
  }

  @Override
  public boolean visit(Name name, long inode, int mode, long cookie) {
    int length = name.length();
    int size = (NAME_AT + length + 7) & ~7;
    if (size > limit - used) {
      return false;
    }
    target.putLong(used, inode);
    target.putLong(used + 8, cookie);
    target.putInt(used + 16, length);
    target.putInt(used + 20, (mode & FileMode.TYPE_MASK) >>> TYPE_SHIFT);
    target.put(used + NAME_AT, name.bytes());
    for (int i = used + NAME_AT + length; i < used + size; i++) {
      target.put(i, (byte) 0);
    }
    used += size;
    return true;
  }
}
