package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.LinkIn;
import dev.brindle.daemon.kernel.Wire.MkdirIn;
import dev.brindle.daemon.kernel.Wire.MknodIn;
import dev.brindle.daemon.kernel.Wire.Rename2In;
import dev.brindle.daemon.kernel.Wire.RenameIn;
import dev.brindle.daemon.serve.RemovedNodes;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;

/**
 * What happens to names. The umask comes along (FUSE_DONT_MASK): a directory's default access
 * control list counts instead of it.
 */
final class NameOperations {
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;

  private final Served served;
  private final InodeFileSystem fileSystem;
  private final Replies replies;

  NameOperations(Served served, Replies replies) {
    this.served = served;
    this.fileSystem = served.fileSystem();
    this.replies = replies;
  }

  void lookup(Request request, Answer answer) throws IOException {
    long parent = request.node();
    Entry found;
    try {
      found = fileSystem.lookup(parent, request.name(0));
    } catch (FileSystemException e) {
      if (e.errno() != Errno.ENOENT
          || served.caching().absenceSeconds() == 0
          || fileSystem.isVolatile(parent)) {
        throw e;
      }
      replies.absent(answer);
      return;
    }
    replies.entry(answer, parent, found);
  }

  void mknod(Request request, Answer answer) throws IOException {
    long parent = request.node();
    int mode = request.u32(MknodIn.MODE);
    Name name = request.name(MknodIn.BYTES);
    replies.entry(
        answer,
        parent,
        fileSystem.mknod(
            request.caller().withUmask(request.u32(MknodIn.UMASK)),
            parent,
            name,
            mode,
            request.u32(MknodIn.DEVICE)));
  }

  void mkdir(Request request, Answer answer) throws IOException {
    long parent = request.node();
    Name name = request.name(MkdirIn.BYTES);
    replies.entry(
        answer,
        parent,
        fileSystem.mkdir(
            request.caller().withUmask(request.u32(MkdirIn.UMASK)),
            parent,
            name,
            request.u32(MkdirIn.MODE)));
  }

  void symlink(Request request, Answer answer) throws IOException {
    long parent = request.node();
    byte[] target = request.string(request.behindString(0));
    replies.entry(
        answer, parent, fileSystem.symlink(request.caller(), parent, request.name(0), target));
  }

  void link(Request request, Answer answer) throws IOException {
    long parent = request.node();
    Name name = request.name(LinkIn.BYTES);
    long node = request.u64(LinkIn.NODE);
    if (served.caching().writes() && fileSystem.getattr(node).attributes().linkCount() == 0) {
      // a file that was made without a name gets it with its data
      served.requireWriteBack(node);
    }
    replies.entry(answer, parent, fileSystem.link(request.caller(), node, parent, name));
  }

  void unlink(Request request, Answer answer) throws IOException {
    remove(() -> fileSystem.unlink(request.caller(), request.node(), request.name(0)));
    answer.success();
  }

  void rmdir(Request request, Answer answer) throws IOException {
    remove(() -> fileSystem.rmdir(request.caller(), request.node(), request.name(0)));
    answer.success();
  }

  private void remove(RemovedNodes.Removal removal) throws IOException {
    served.removedNodes().remove(removal);
  }

  void rename(Request request, Answer answer) throws IOException {
    rename(request, answer, RenameIn.BYTES, RenameMode.REPLACE);
  }

  void rename2(Request request, Answer answer) throws IOException {
    rename(request, answer, Rename2In.BYTES, mode(request.u32(Rename2In.FLAGS)));
  }

  private static RenameMode mode(int flags) throws FileSystemException {
    return switch (flags) {
      case 0 -> RenameMode.REPLACE;
      case RENAME_NOREPLACE -> RenameMode.NO_REPLACE;
      case RENAME_EXCHANGE -> RenameMode.EXCHANGE;
      default -> throw new FileSystemException(Errno.EINVAL);
    };
  }

  private void rename(Request request, Answer answer, int namesAt, RenameMode mode)
      throws IOException {
    long parent = request.node();
    long newParent = request.u64(RenameIn.NEW_PARENT);
    Name name = request.name(namesAt);
    Name newName = request.name(request.behindString(namesAt));
    if (served.caching().writes()) {
      writeBack(parent, name);
      if (mode == RenameMode.EXCHANGE) {
        writeBack(newParent, newName);
      }
    }
    remove(() -> fileSystem.rename(request.caller(), parent, name, newParent, newName, mode));
    answer.success();
  }

  /**
   * The file's data go ahead of its new name, so that a file that replaces another is whole also
   * when it was not closed before. Only then does the kernel still keep any.
   */
  private void writeBack(long parent, Name name) throws IOException {
    if (served.writableHandles().isEmpty()) {
      return;
    }
    long node;
    try {
      node = fileSystem.lookup(parent, name).node();
    } catch (FileSystemException absent) {
      // the rename says so
      return;
    }
    served.requireWriteBack(node);
  }
}
