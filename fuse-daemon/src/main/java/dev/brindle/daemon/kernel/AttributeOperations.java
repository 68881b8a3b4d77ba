package dev.brindle.daemon.kernel;

import dev.brindle.daemon.serve.RemovedNodes;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileSystemException;
import java.io.IOException;

/** What an inode is, and what its file system is. */
final class AttributeOperations {
  private final InodeFileSystem fileSystem;
  private final RemovedNodes removedNodes;
  private final Invalidations invalidations;
  private final Replies replies;
  private final Privileges privileges;

  AttributeOperations(Served served, Replies replies, Privileges privileges) {
    this.fileSystem = served.fileSystem();
    this.removedNodes = served.removedNodes();
    this.invalidations = served.invalidations();
    this.replies = replies;
    this.privileges = privileges;
  }

  void getattr(Request request, Answer answer) throws IOException {
    replies.attributes(answer, removedNodes.getattr(request.node()));
  }

  void statx(Request request, Answer answer) throws IOException {
    replies.statx(answer, removedNodes.getattr(request.node()));
  }

  void setattr(Request request, Answer answer) throws IOException {
    SetAttributes wanted = new SetAttributes(request);
    if (wanted.dropsSetIds()) {
      privileges.dropBits(request.node());
    }
    Entry changed;
    try {
      changed = change(request, wanted);
    } catch (FileSystemException e) {
      if (!wanted.areKeptTimes() || !Served.isGone(e)) {
        throw e;
      }
      // an error would be told to whoever syncs the file system next
      replies.attributesOfNothing(answer);
      return;
    }
    replies.attributes(answer, changed);
  }

  /** Of a file that was cut in part the kernel is not told by an error. */
  private Entry change(Request request, SetAttributes wanted) throws IOException {
    try {
      AttributeChange change = wanted.change();
      // a write that takes set-id bits away is preceded by a change of nothing
      Entry changed =
          change.equals(AttributeChange.NOTHING)
              ? fileSystem.getattr(request.node())
              : fileSystem.setattr(request.caller(), request.node(), change);
      if (wanted.dropsCapability() && !changed.attributes().isDirectory()) {
        privileges.dropCapability(request.node());
      }
      return changed;
    } catch (IOException | RuntimeException | Error e) {
      if (wanted.setSize()) {
        invalidations.ownContentChanged(request.node());
      }
      throw e;
    }
  }

  void readlink(Request request, Answer answer) throws IOException {
    answer.bytes(fileSystem.readlink(request.node()));
  }

  void statfs(Request request, Answer answer) throws IOException {
    Replies.space(answer, fileSystem.statfs(request.node()));
  }

  void syncfs(Request request, Answer answer) throws IOException {
    fileSystem.sync();
    answer.success();
  }
}
