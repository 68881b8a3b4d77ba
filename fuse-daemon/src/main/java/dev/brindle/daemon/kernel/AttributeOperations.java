package dev.brindle.daemon.kernel;

import dev.brindle.daemon.serve.RemovedNodes;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.FileSystemException;
import java.io.IOException;

/** What an inode is, and what its file system is. */
final class AttributeOperations {
  private final InodeFileSystem fileSystem;
  private final RemovedNodes removedNodes;
  private final Replies replies;
  private final Privileges privileges;

  AttributeOperations(Served served, Replies replies, Privileges privileges) {
    this.fileSystem = served.fileSystem();
    this.removedNodes = served.removedNodes();
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
      privileges.dropBits(request.caller(), request.node());
    }
    Entry changed;
    try {
      changed = fileSystem.setattr(request.caller(), request.node(), wanted.change());
    } catch (FileSystemException e) {
      if (!wanted.areKeptTimes() || !Served.isGone(e)) {
        throw e;
      }
      // an error would be told to whoever syncs the file system next
      replies.attributesOfNothing(answer);
      return;
    }
    if (wanted.dropsCapability() && !changed.attributes().isDirectory()) {
      privileges.dropCapability(request.node());
    }
    replies.attributes(answer, changed);
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
