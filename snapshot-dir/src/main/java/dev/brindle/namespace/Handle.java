package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;

/**
 * An open file or directory. It keeps its tree and holds the inode in it, so it works on after the
 * file was unlinked or renamed, and what it belongs to cannot be deleted. A virtual directory has
 * nothing to hold.
 *
 * @param notesAccess whether reading marks the access time
 */
record Handle(Node node, FileTree tree, Use use, boolean notesAccess) {
  enum Use {
    READ,
    WRITE,
    LIST,

    /** For nothing but that it stays. */
    HOLD
  }

  static Handle open(Node node, FileTree tree, Use use) throws IOException {
    if (!node.isVirtual()) {
      tree.hold(node.inode());
    }
    return new Handle(node, tree, use, true);
  }

  Handle withoutAccess() {
    return new Handle(node, tree, use, false);
  }

  void release() throws IOException {
    if (!node.isVirtual()) {
      tree.release(node.inode());
    }
  }

  /** The tree of a handle that was opened for writing; EBADF for any other. */
  WritableFileTree writableTree() throws FileSystemException {
    if (use == Use.WRITE && tree instanceof WritableFileTree writable) {
      return writable;
    }
    throw new FileSystemException(Errno.EBADF);
  }
}
