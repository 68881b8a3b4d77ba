package dev.brindle.daemon;

import dev.brindle.namespace.Caller;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.OpenFile;
import dev.brindle.namespace.Removed;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A file system on the heap: one lock, no permissions, nothing that survives. */
public class MemoryFileSystem implements InodeFileSystem {
  private static final int CHUNK = 128 << 10;

  private static final class File {
    long number;
    int mode;
    int links;
    int uid;
    int gid;
    int device;
    long size;
    Timestamp accessed = Timestamp.now();
    Timestamp modified = accessed;
    Timestamp changed = accessed;
    final Timestamp born = accessed;
    long parent;
    byte[] target = {};
    int held;
    int flags;
    long nextCookie = 3;
    final Map<Long, byte[]> chunks = new HashMap<>();
    final Map<Name, Long> names = new HashMap<>();
    final TreeMap<Long, Name> cookies = new TreeMap<>();
    final Map<Name, Long> cookieOf = new HashMap<>();
    final TreeMap<Name, byte[]> xattrs = new TreeMap<>();

    void add(Name name, long node) {
      if (names.put(name, node) == null) {
        cookieOf.put(name, nextCookie);
        cookies.put(nextCookie++, name);
      }
      touch();
    }

    void remove(Name name) {
      names.remove(name);
      cookies.remove(cookieOf.remove(name));
      touch();
    }

    void touch() {
      modified = Timestamp.now();
      changed = modified;
    }
  }

  private record Handle(long node, boolean writable) {}

  private final Map<Long, File> files = new HashMap<>();
  private final Map<Long, Handle> handles = new ConcurrentHashMap<>();
  private final AtomicLong lookups = new AtomicLong();
  private final AtomicLong aclQuestions = new AtomicLong();
  private final AtomicLong nextHandle = new AtomicLong(1);
  private long nextNode = ROOT_NODE;

  public MemoryFileSystem() {
    File root = make(FileMode.DIRECTORY | 0755, 0, 0);
    root.links = 2;
    root.parent = ROOT_NODE;
  }

  /** How often a name was looked up. */
  public long lookups() {
    return lookups.get();
  }

  /** How often an access control list was asked for. */
  public long aclQuestions() {
    return aclQuestions.get();
  }

  public int openHandles() {
    return handles.size();
  }

  public synchronized int inodes() {
    return files.size();
  }

  /** The names in the root directory. */
  public synchronized List<Name> rootNames() {
    return List.copyOf(files.get(ROOT_NODE).names.keySet());
  }

  private File make(int mode, int uid, int gid) {
    File file = new File();
    file.number = nextNode++;
    file.mode = mode;
    file.uid = uid;
    file.gid = gid;
    file.links = 1;
    files.put(file.number, file);
    return file;
  }

  private static FileSystemException refused(Errno errno) {
    return new FileSystemException(errno);
  }

  private File file(long node) throws IOException {
    File file = files.get(node);
    if (file == null) {
      throw refused(Errno.ENOENT);
    }
    return file;
  }

  private File directory(long node) throws IOException {
    File file = file(node);
    if (!FileMode.isDirectory(file.mode)) {
      throw refused(Errno.ENOTDIR);
    }
    return file;
  }

  private File child(File directory, Name name) throws IOException {
    Long node = directory.names.get(name);
    if (node == null) {
      throw refused(Errno.ENOENT);
    }
    return file(node);
  }

  private static Entry entry(File file) {
    return new Entry(
        file.number,
        new InodeAttributes(
            file.number,
            file.mode,
            file.links,
            file.uid,
            file.gid,
            file.device,
            file.size,
            file.chunks.size() * (long) (CHUNK / 512),
            file.accessed,
            file.modified,
            file.changed,
            file.born,
            file.flags));
  }

  private File insert(Caller caller, long parent, Name name, int mode) throws IOException {
    if (name.length() > Name.LENGTH_MAX) {
      throw refused(Errno.ENAMETOOLONG);
    }
    File directory = directory(parent);
    if (directory.names.containsKey(name)) {
      throw refused(Errno.EEXIST);
    }
    File file = make(mode & ~caller.umask(), caller.uid(), caller.gid());
    directory.add(name, file.number);
    return file;
  }

  /** What a file is after it lost a name: held, like all but regular files that are unlinked. */
  private @Nullable Removed removed(File file, boolean held) throws IOException {
    file.changed = Timestamp.now();
    if (file.links > 0) {
      return null;
    }
    Removed removed = new Removed(entry(file), held ? open(file.number, false) : Removed.NO_HANDLE);
    removeUnused(file);
    return removed;
  }

  private void removeUnused(File file) {
    if (file.links <= 0 && file.held == 0) {
      files.remove(file.number);
    }
  }

  @Override
  public synchronized Entry lookup(long parent, Name name) throws IOException {
    lookups.incrementAndGet();
    return entry(child(directory(parent), name));
  }

  @Override
  public synchronized Entry getattr(long node) throws IOException {
    return entry(file(node));
  }

  @Override
  public synchronized boolean dropSetIds(long node) throws IOException {
    File file = file(node);
    int mode = FileMode.withoutSetIds(file.mode);
    boolean had = FileMode.isRegular(mode) && mode != file.mode;
    file.mode = had ? mode : file.mode;
    return had;
  }

  @Override
  public synchronized Entry setattr(Caller caller, long node, AttributeChange change)
      throws IOException {
    File file = file(node);
    if (change.mode() != null) {
      file.mode = file.mode & FileMode.TYPE_MASK | change.mode();
    }
    if (change.uid() != null) {
      file.uid = change.uid();
    }
    if (change.gid() != null) {
      file.gid = change.gid();
    }
    if (change.size() != null) {
      resize(file, change.size());
    }
    if (change.accessTime() != null) {
      file.accessed = change.accessTime();
    }
    if (change.modificationTime() != null) {
      file.modified = change.modificationTime();
    }
    file.changed = change.changeTime() == null ? Timestamp.now() : change.changeTime();
    return entry(file);
  }

  @Override
  public synchronized void setFlags(Caller caller, long node, int flags) throws IOException {
    file(node).flags = flags;
  }

  private static void resize(File file, long size) {
    if (size < file.size) {
      file.chunks.keySet().removeIf(chunk -> chunk * CHUNK >= size);
      byte[] last = file.chunks.get(size / CHUNK);
      if (last != null) {
        java.util.Arrays.fill(last, (int) (size % CHUNK), CHUNK, (byte) 0);
      }
    }
    file.size = size;
    file.touch();
  }

  @Override
  public synchronized byte[] readlink(long node) throws IOException {
    File file = file(node);
    if (!FileMode.isSymlink(file.mode)) {
      throw refused(Errno.EINVAL);
    }
    return file.target;
  }

  @Override
  public synchronized Entry mknod(Caller caller, long parent, Name name, int mode, int device)
      throws IOException {
    File file = insert(caller, parent, name, mode);
    file.device = device;
    return entry(file);
  }

  @Override
  public synchronized Entry mkdir(Caller caller, long parent, Name name, int mode)
      throws IOException {
    File file = insert(caller, parent, name, FileMode.DIRECTORY | mode & FileMode.PERMISSION_MASK);
    file.links = 2;
    file.parent = parent;
    directory(parent).links++;
    return entry(file);
  }

  @Override
  public synchronized Entry symlink(Caller caller, long parent, Name name, byte[] target)
      throws IOException {
    File file = insert(caller, parent, name, FileMode.SYMLINK | 0777);
    file.target = target;
    file.size = target.length;
    return entry(file);
  }

  @Override
  public synchronized Entry link(Caller caller, long node, long newParent, Name newName)
      throws IOException {
    File file = file(node);
    File directory = directory(newParent);
    if (FileMode.isDirectory(file.mode)) {
      throw refused(Errno.EPERM);
    }
    if (directory.names.containsKey(newName)) {
      throw refused(Errno.EEXIST);
    }
    directory.add(newName, node);
    file.links++;
    file.changed = Timestamp.now();
    return entry(file);
  }

  @Override
  public synchronized @Nullable Removed unlink(Caller caller, long parent, Name name)
      throws IOException {
    return unlink(parent, name, false);
  }

  private @Nullable Removed unlink(long parent, Name name, boolean alsoRegular) throws IOException {
    File directory = directory(parent);
    File file = child(directory, name);
    if (FileMode.isDirectory(file.mode)) {
      throw refused(Errno.EISDIR);
    }
    directory.remove(name);
    file.links--;
    return removed(file, alsoRegular || !FileMode.isRegular(file.mode));
  }

  @Override
  public synchronized @Nullable Removed rmdir(Caller caller, long parent, Name name)
      throws IOException {
    File directory = directory(parent);
    File file = child(directory, name);
    if (!FileMode.isDirectory(file.mode)) {
      throw refused(Errno.ENOTDIR);
    }
    if (!file.names.isEmpty()) {
      throw refused(Errno.ENOTEMPTY);
    }
    directory.remove(name);
    directory.links--;
    file.links = 0;
    return removed(file, true);
  }

  @Override
  public synchronized @Nullable Removed rename(
      Caller caller, long parent, Name name, long newParent, Name newName, RenameMode mode)
      throws IOException {
    File from = directory(parent);
    File to = directory(newParent);
    File file = child(from, name);
    Long replaced = to.names.get(newName);
    if (replaced != null && replaced == file.number) {
      return null;
    }
    Removed lost = null;
    if (replaced != null) {
      lost =
          FileMode.isDirectory(file(replaced).mode)
              ? rmdir(caller, newParent, newName)
              : unlink(newParent, newName, true);
    }
    from.remove(name);
    to.add(newName, file.number);
    if (FileMode.isDirectory(file.mode)) {
      file.parent = newParent;
      from.links--;
      to.links++;
    }
    file.changed = Timestamp.now();
    return lost;
  }

  @Override
  public synchronized long open(long node, boolean writable) throws IOException {
    file(node).held++;
    long handle = nextHandle.getAndIncrement();
    handles.put(handle, new Handle(node, writable));
    return handle;
  }

  @Override
  public synchronized void stopNotingAccess(long handle) throws IOException {
    opened(handle); // it notes none
  }

  @Override
  public synchronized OpenFile create(
      Caller caller, long parent, Name name, int mode, boolean writable) throws IOException {
    File file = insert(caller, parent, name, FileMode.REGULAR | mode);
    return new OpenFile(entry(file), open(file.number, writable));
  }

  @Override
  public synchronized OpenFile createUnnamed(Caller caller, long directory, int mode)
      throws IOException {
    directory(directory);
    File file = make(FileMode.REGULAR | mode & ~caller.umask(), caller.uid(), caller.gid());
    file.links = 0;
    return new OpenFile(entry(file), open(file.number, true));
  }

  private File opened(long handle) throws IOException {
    Handle found = handles.get(handle);
    if (found == null) {
      throw refused(Errno.EBADF);
    }
    return file(found.node());
  }

  @Override
  public synchronized int read(long handle, long offset, ByteBuffer target) throws IOException {
    File file = opened(handle);
    int count = (int) Math.max(0, Math.min(target.remaining(), file.size - offset));
    for (int done = 0; done < count; ) {
      long at = offset + done;
      int inChunk = (int) (at % CHUNK);
      int step = Math.min(count - done, CHUNK - inChunk);
      byte[] chunk = file.chunks.get(at / CHUNK);
      target.put(chunk == null ? new byte[step] : chunk, chunk == null ? 0 : inChunk, step);
      done += step;
    }
    return count;
  }

  @Override
  public synchronized void write(long handle, long offset, ByteBuffer source) throws IOException {
    writeBack(handle, offset, source);
    opened(handle).touch();
  }

  @Override
  public synchronized void writeBack(long handle, long offset, ByteBuffer source)
      throws IOException {
    File file = opened(handle);
    if (!handles.get(handle).writable()) {
      throw refused(Errno.EBADF);
    }
    long at = offset;
    while (source.hasRemaining()) {
      int inChunk = (int) (at % CHUNK);
      int step = Math.min(source.remaining(), CHUNK - inChunk);
      source.get(file.chunks.computeIfAbsent(at / CHUNK, n -> new byte[CHUNK]), inChunk, step);
      at += step;
    }
    file.size = Math.max(file.size, at);
  }

  @Override
  public synchronized long append(long handle, ByteBuffer source) throws IOException {
    long end = opened(handle).size;
    write(handle, end, source);
    return end;
  }

  @Override
  public long seek(long handle, long offset, Seek whence) throws IOException {
    throw refused(Errno.ENOSYS);
  }

  @Override
  public synchronized long copyRange(
      long handle, long offset, long targetHandle, long targetOffset, long length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, 1 << 20));
    read(handle, offset, bytes);
    write(targetHandle, targetOffset, bytes.flip());
    return bytes.limit();
  }

  @Override
  public synchronized void fallocate(long handle, FallocateMode mode, long offset, long length)
      throws IOException {
    File file = opened(handle);
    switch (mode) {
      case ALLOCATE -> file.size = Math.max(file.size, offset + length);
      case PUNCH_HOLE, ZERO_RANGE, ZERO_RANGE_KEEP_SIZE -> {
        long end = mode == FallocateMode.ZERO_RANGE ? offset + length : file.size;
        file.size = Math.max(file.size, end);
        for (long at = offset; at < Math.min(offset + length, file.size); at++) {
          byte[] chunk = file.chunks.get(at / CHUNK);
          if (chunk != null) {
            chunk[(int) (at % CHUNK)] = 0;
          }
        }
      }
      case ALLOCATE_KEEP_SIZE -> {}
    }
    file.touch();
  }

  @Override
  public synchronized void fsync(long handle, boolean dataOnly) throws IOException {
    opened(handle);
  }

  @Override
  public synchronized void release(long handle) throws IOException {
    File file = opened(handle);
    handles.remove(handle);
    file.held--;
    removeUnused(file);
  }

  @Override
  public long opendir(long node) throws IOException {
    return open(node, false);
  }

  @Override
  public void readdir(long handle, long cookie, DirectoryVisitor visitor) throws IOException {
    List<Name> names = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    List<Long> cookies = new ArrayList<>();
    synchronized (this) {
      File directory = opened(handle);
      if (cookie < 1) {
        names.add(Name.of("."));
        entries.add(entry(directory));
        cookies.add(1L);
      }
      if (cookie < 2) {
        names.add(Name.of(".."));
        entries.add(entry(file(directory.parent)));
        cookies.add(2L);
      }
      for (Map.Entry<Long, Name> next : directory.cookies.tailMap(cookie, false).entrySet()) {
        names.add(next.getValue());
        entries.add(entry(file(directory.names.get(next.getValue()))));
        cookies.add(next.getKey());
        if (names.size() == 500) {
          break;
        }
      }
    }
    for (int i = 0; i < names.size(); i++) {
      InodeAttributes attributes = entries.get(i).attributes();
      if (!visitor.visit(
          names.get(i),
          attributes.inode(),
          attributes.mode() & FileMode.TYPE_MASK,
          cookies.get(i))) {
        return;
      }
    }
  }

  @Override
  public void fsyncdir(long handle, boolean dataOnly) throws IOException {
    fsync(handle, dataOnly);
  }

  @Override
  public void releasedir(long handle) throws IOException {
    release(handle);
  }

  @Override
  public synchronized byte[] getxattr(long node, Name name) throws IOException {
    if (PosixAcl.isName(name)) {
      aclQuestions.incrementAndGet();
    }
    byte[] value = file(node).xattrs.get(name);
    if (value == null) {
      throw refused(Errno.ENODATA);
    }
    return value;
  }

  @Override
  public synchronized List<Name> listxattr(long node) throws IOException {
    return List.copyOf(file(node).xattrs.keySet());
  }

  @Override
  public synchronized void setxattr(
      Caller caller, long node, Name name, byte[] value, XattrMode mode) throws IOException {
    File file = file(node);
    mode.check(file.xattrs.containsKey(name));
    file.xattrs.put(name, value);
    file.changed = Timestamp.now();
  }

  @Override
  public synchronized void removexattr(Caller caller, long node, Name name) throws IOException {
    if (file(node).xattrs.remove(name) == null) {
      throw refused(Errno.ENODATA);
    }
  }

  @Override
  public synchronized SpaceStatistics statfs(long node) {
    return new SpaceStatistics(1L << 40, 1L << 39, 1L << 38, files.size());
  }

  @Override
  public void sync() {}
}
