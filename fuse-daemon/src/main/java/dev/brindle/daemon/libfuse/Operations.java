package dev.brindle.daemon.libfuse;

import static dev.brindle.daemon.serve.AccessMode.isReadable;
import static dev.brindle.daemon.serve.AccessMode.isWritable;

import com.kenai.jffi.MemoryIO;
import dev.brindle.daemon.host.FallocateFlags;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.serve.FileCreation;
import dev.brindle.daemon.serve.ForeignCuts;
import dev.brindle.daemon.serve.ForeignCuts.Reading;
import dev.brindle.daemon.serve.LookupCounts;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.serve.OpenedFiles;
import dev.brindle.daemon.serve.OpenedFiles.Pages;
import dev.brindle.daemon.serve.RemovedNodes;
import dev.brindle.daemon.serve.WritableHandles;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.ChangeListener;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.OpenFile;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.Set;

/**
 * The operations of a mount, from libfuse's arguments to the file system and back. Each answers its
 * request exactly once, or throws and has answered nothing.
 *
 * <p>Not here, because the kernel does it better alone: permissions ({@code default_permissions}),
 * the umask, locks, {@code flush} (there is nothing that a close could still lose: a write has
 * reached the file system when it returns), and forgetting (nodes are numbers, not objects; for
 * what {@link RemovedNodes} needs of it, the worker looks into the request).
 */
final class Operations {
  private final InodeFileSystem fileSystem;
  private final Host host;
  private final OpenedFiles openedFiles = new OpenedFiles();
  private final ForeignCuts cuts = new ForeignCuts();
  private final WritableHandles writableHandles = new WritableHandles();
  private final LookupCounts lookups = new LookupCounts();
  private final RemovedNodes removedNodes;
  private final FileCreation creation;
  private final Notifier notifier;

  /** How the kernel is told to drop what it remembers. */
  interface Notifier {
    void attributesChanged(long node);
  }

  Operations(InodeFileSystem fileSystem, Host host, Notifier notifier) {
    this.fileSystem = fileSystem;
    this.host = host;
    this.notifier = notifier;
    removedNodes = new RemovedNodes(fileSystem, lookups);
    creation = new FileCreation(fileSystem, host);
  }

  /**
   * Hears what other mounts change; on Linux, whose opens can be refused so that they come again.
   */
  ChangeListener listener() {
    return new ChangeListener() {
      @Override
      public void sizeSet(long node) {
        if (host == Host.LINUX && lookups.isKnown(node)) {
          cuts.cut(node);
        }
      }
    };
  }

  RemovedNodes removedNodes() {
    return removedNodes;
  }

  /** The nodes that may have dirty pages in the kernel. */
  Set<Long> nodesOpenForWriting() {
    return writableHandles.nodes();
  }

  void lookup(Worker worker, long request, long parent, long name) throws IOException {
    replyEntry(worker, parent, fileSystem.lookup(parent, name(worker, name)));
  }

  void getattr(Worker worker, long request, long node) throws IOException {
    worker.reply().attributes(removedNodes.getattr(node).attributes());
  }

  void setattr(Worker worker, long request, long node, long stat, int bits) throws IOException {
    AttributeChange change = SetAttributes.change(stat, bits);
    Entry changed = fileSystem.setattr(worker.caller(request), node, change);
    worker.reply().attributes(changed.attributes());
  }

  void readlink(Worker worker, long request, long node) throws IOException {
    replyBytes(worker, fileSystem.readlink(node));
  }

  void mknod(Worker worker, long request, long parent, long name, int mode, int device)
      throws IOException {
    replyEntry(
        worker,
        parent,
        fileSystem.mknod(worker.caller(request), parent, name(worker, name), mode, device));
  }

  void mkdir(Worker worker, long request, long parent, long name, int mode) throws IOException {
    replyEntry(
        worker, parent, fileSystem.mkdir(worker.caller(request), parent, name(worker, name), mode));
  }

  void unlink(Worker worker, long request, long parent, long name) throws IOException {
    removedNodes.remove(
        () -> fileSystem.unlink(worker.caller(request), parent, name(worker, name)));
    worker.reply().success();
  }

  void rmdir(Worker worker, long request, long parent, long name) throws IOException {
    removedNodes.remove(() -> fileSystem.rmdir(worker.caller(request), parent, name(worker, name)));
    worker.reply().success();
  }

  void symlink(Worker worker, long request, long target, long parent, long name)
      throws IOException {
    replyEntry(
        worker,
        parent,
        fileSystem.symlink(
            worker.caller(request), parent, name(worker, name), worker.string(target)));
  }

  void rename(Worker worker, long request, long parent, long name, long newParent, long newName)
      throws IOException {
    removedNodes.remove(
        () ->
            fileSystem.rename(
                worker.caller(request),
                parent,
                name(worker, name),
                newParent,
                name(worker, newName),
                RenameMode.REPLACE));
    worker.reply().success();
  }

  void link(Worker worker, long request, long node, long newParent, long newName)
      throws IOException {
    replyEntry(
        worker,
        newParent,
        fileSystem.link(worker.caller(request), node, newParent, name(worker, newName)));
  }

  /**
   * Opens a file; O_TRUNC comes along (atomic_o_trunc). Before that it is looked at afresh, so that
   * an open sees what another mount's close has left: when the file changed since it was last
   * opened here to be read, the kernel drops its pages and its idea of the size.
   */
  void open(Worker worker, long request, long node, long fileInfo) throws IOException {
    if (cuts.refuses(node, () -> worker.caller(request).pid())) {
      throw new FileSystemException(Errno.ESTALE);
    }
    openedFiles.open(
        node,
        fileSystem.getattr(node).attributes(),
        notesReads(flags(fileInfo)),
        pages -> open(worker, request, node, fileInfo, pages == Pages.GOOD));
  }

  private boolean open(Worker worker, long request, long node, long fileInfo, boolean unchanged)
      throws IOException {
    int flags = flags(fileInfo);
    long handle = fileSystem.open(node, isWritable(flags));
    opened(handle, node, flags);
    try {
      if ((flags & host.truncateFlag()) != 0) {
        truncate(worker.caller(request), node);
      }
    } catch (IOException | RuntimeException | Error e) {
      releaseAfter(e, handle);
      throw e;
    }
    if (!unchanged) {
      notifier.attributesChanged(node);
    }
    if (worker.reply().opened(handle, unchanged || !isReadable(flags))) {
      return true;
    }
    releaseFile(handle);
    return false;
  }

  private void opened(long handle, long node, int flags) throws IOException {
    if ((flags & host.noAccessTimeFlag()) != 0) {
      fileSystem.stopNotingAccess(handle);
    }
    if (isWritable(flags)) {
      writableHandles.opened(handle, node);
    }
  }

  private void releaseFile(long handle) throws IOException {
    writableHandles.released(handle);
    fileSystem.release(handle);
  }

  /**
   * Makes a file and opens it, or opens the one that another mount made meanwhile. What was made is
   * answered with as it was then: nothing asks the store for it again and finds it removed.
   */
  void create(Worker worker, long request, long parent, long name, int mode, long fileInfo)
      throws IOException {
    Caller caller = worker.caller(request);
    int permissions = mode & FileMode.PERMISSION_MASK;
    int flags = flags(fileInfo);
    OpenFile file =
        creation.open(
            caller, parent, name(worker, name), permissions, flags, node -> truncate(caller, node));
    opened(file.handle(), file.entry().node(), flags);
    long node = file.entry().node();
    lookups.add(node);
    if (!worker.reply().created(file.entry(), file.handle(), isRemembered(parent))) {
      removedNodes.forget(node, 1);
      releaseFile(file.handle());
    }
  }

  /**
   * Truncates for an open, and takes set-uid and set-gid bits away where the kernel would have, had
   * it truncated itself.
   */
  private Entry truncate(Caller caller, long node) throws IOException {
    if (!caller.isRoot() && fileSystem.dropSetIds(node)) {
      notifier.attributesChanged(node);
    }
    return fileSystem.setattr(
        caller, node, new AttributeChange(null, null, null, 0L, null, Timestamp.now(), null));
  }

  void read(Worker worker, long request, long node, long size, long offset, long fileInfo)
      throws IOException {
    int length = Math.toIntExact(size);
    NativeBuffer output = worker.output(length);
    try (Reading reading = cuts.begin(node, offset)) {
      int count = fileSystem.read(handle(fileInfo), offset, output.bytes().slice(0, length));
      if (reading != null && count < length) {
        reading.awaitEarlier();
      }
      worker.reply().bytes(output, count);
    }
  }

  /**
   * Writes. With O_APPEND the kernel sends the offset that it takes for the end; another mount may
   * have moved it, so the file system decides. What comes from the page cache of a mapping goes
   * where it was mapped, though the handle may be anybody's.
   */
  void write(Worker worker, long request, long node, long bytes, long size, long offset, long info)
      throws IOException {
    int length = Math.toIntExact(size);
    boolean fromMapping = MemoryIO.getInstance().getInt(info + FuseLayout.FILE_INFO_WRITEPAGE) != 0;
    if ((flags(info) & host.appendFlag()) != 0 && !fromMapping) {
      fileSystem.append(handle(info), worker.bytes(bytes, length));
    } else {
      fileSystem.write(handle(info), offset, worker.bytes(bytes, length));
    }
    worker.reply().written(length);
  }

  void release(Worker worker, long request, long node, long fileInfo) throws IOException {
    removedNodes.closing(node);
    releaseFile(handle(fileInfo));
    worker.reply().success();
  }

  void fsync(Worker worker, long request, long node, int dataOnly, long fileInfo)
      throws IOException {
    fileSystem.fsync(handle(fileInfo), dataOnly != 0);
    worker.reply().success();
  }

  void opendir(Worker worker, long request, long node, long fileInfo) throws IOException {
    long handle = fileSystem.opendir(node);
    if ((flags(fileInfo) & host.noAccessTimeFlag()) != 0) {
      fileSystem.stopNotingAccess(handle);
    }
    if (!worker.reply().opened(handle, false)) {
      fileSystem.releasedir(handle);
    }
  }

  void readdir(Worker worker, long request, long node, long size, long cookie, long fileInfo)
      throws IOException {
    int length = Math.toIntExact(size);
    NativeBuffer output = worker.output(length);
    DirectoryBuffer entries = new DirectoryBuffer(output.bytes(), length);
    fileSystem.readdir(handle(fileInfo), cookie, entries);
    worker.reply().bytes(output, entries.used());
  }

  void releasedir(Worker worker, long request, long node, long fileInfo) throws IOException {
    fileSystem.releasedir(handle(fileInfo));
    worker.reply().success();
  }

  void fsyncdir(Worker worker, long request, long node, int dataOnly, long fileInfo)
      throws IOException {
    fileSystem.fsyncdir(handle(fileInfo), dataOnly != 0);
    worker.reply().success();
  }

  void statfs(Worker worker, long request, long node) throws IOException {
    worker.reply().space(fileSystem.statfs(node));
  }

  void fallocate(
      Worker worker, long request, long node, int flags, long offset, long length, long fileInfo)
      throws IOException {
    fileSystem.fallocate(handle(fileInfo), FallocateFlags.mode(flags), offset, length);
    worker.reply().success();
  }

  /** What the kernel may remember of a node is counted before it can forget it. */
  private void replyEntry(Worker worker, long parent, Entry entry) {
    lookups.add(entry.node());
    if (!worker.reply().entry(entry, isRemembered(parent))) {
      removedNodes.forget(entry.node(), 1);
    }
  }

  private boolean isRemembered(long parent) {
    return !fileSystem.isVolatile(parent);
  }

  static void replyBytes(Worker worker, byte[] bytes) {
    NativeBuffer output = worker.output(bytes.length);
    output.bytes().put(0, bytes);
    worker.reply().bytes(output, bytes.length);
  }

  private void releaseAfter(Throwable fault, long handle) {
    try {
      releaseFile(handle);
    } catch (IOException | RuntimeException e) {
      fault.addSuppressed(e);
    }
  }

  private static Name name(Worker worker, long pointer) {
    return Name.of(worker.string(pointer));
  }

  private boolean notesReads(int flags) {
    return isReadable(flags) && (flags & host.noAccessTimeFlag()) == 0;
  }

  private static int flags(long fileInfo) {
    return MemoryIO.getInstance().getInt(fileInfo + FuseLayout.FILE_INFO_FLAGS);
  }

  private static long handle(long fileInfo) {
    return MemoryIO.getInstance().getLong(fileInfo + FuseLayout.FILE_INFO_HANDLE);
  }
}
