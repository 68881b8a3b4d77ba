package dev.brindle.store.model;

import static dev.brindle.store.Errno.ENOTDIR;
import static dev.brindle.store.Errno.ENXIO;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.DirectoryVisitor;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.model.FakeStore.Bug;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A tree of a {@link FakeStore}. */
record FakeTree(FakeStore store, long treeId) implements WritableFileTree {
  private TreeState state() {
    return store.model.tree(treeId);
  }

  private ModelInode inode(long number) {
    return new TreeEdit(state(), store.model.now(), i -> false).inode(number);
  }

  private static InodeAttributes attributes(ModelInode inode) {
    return new InodeAttributes(
        inode.number(),
        inode.mode(),
        inode.linkCount(),
        inode.uid(),
        inode.gid(),
        inode.device(),
        inode.size(),
        (inode.content().written().size() + inode.content().allocated().size()) * 8L,
        inode.accessTime().latest(),
        inode.modificationTime().latest(),
        inode.changeTime().latest(),
        inode.birthTime().latest(),
        inode.flags());
  }

  private <T> T edit(Function<TreeEdit, T> change) throws IOException {
    return store.change(() -> store.model.edit(treeId, change));
  }

  private InodeAttributes update(long inode, UnaryOperator<ModelInode> change) throws IOException {
    return attributes(store.change(() -> store.model.update(treeId, inode, change)));
  }

  @Override
  public long version() {
    return store.version(treeId);
  }

  @Override
  public boolean isWritable() {
    return store.model.state().volumes().containsKey(treeId);
  }

  @Override
  public InodeAttributes getattr(long inode) throws IOException {
    return attributes(store.call(() -> inode(inode)));
  }

  @Override
  public InodeAttributes lookup(long directory, Name name) throws IOException {
    return attributes(
        store.call(
            () -> new TreeEdit(state(), store.model.now(), i -> false).lookup(directory, name)));
  }

  @Override
  public long parent(long directory) throws IOException {
    return store.call(
        () -> {
          Refused.when(!inode(directory).isDirectory(), ENOTDIR).check();
          return inode(directory).parent();
        });
  }

  @Override
  public void readdir(long directory, long cookie, DirectoryVisitor visitor) throws IOException {
    TreeMap<Long, Entry> entries = store.call(() -> entries(directory));
    long from = store.bug == Bug.COOKIES_SKIP && cookie > 0 ? cookie + (1L << 59) : cookie;
    for (Map.Entry<Long, Entry> at = entries.higherEntry(from);
        at != null;
        at = entries.higherEntry(at.getKey())) {
      Entry entry = at.getValue();
      if (!visitor.visit(entry.name, entry.inode, entry.type, at.getKey())) {
        return;
      }
      if (store.bug == Bug.LIST_IN_TWO_STEPS) {
        store.betweenSteps();
        entries = store.call(() -> entries(directory));
      }
    }
  }

  private record Entry(Name name, long inode, int type) {}

  /** A directory's entries by their cookies. */
  private TreeMap<Long, Entry> entries(long directory) {
    Refused.when(!inode(directory).isDirectory(), ENOTDIR).check();
    TreeMap<Long, Entry> entries = new TreeMap<>();
    for (Map.Entry<Name, Long> entry : inode(directory).entries()) {
      int type = inode(entry.getValue()).mode() & FileMode.TYPE_MASK;
      Entry row = new Entry(entry.getKey(), entry.getValue(), type);
      long hash = entry.getKey().hashCode() * 0x9E3779B97F4A7C15L >>> 2;
      while (entries.putIfAbsent(hash + 3, row) != null) {
        hash++;
      }
    }
    return entries;
  }

  @Override
  public byte[] readlink(long inode) throws IOException {
    return store.call(() -> InodeEdit.readlink(inode(inode)));
  }

  @Override
  public int read(long inode, long offset, ByteBuffer target) throws IOException {
    byte[] bytes = store.call(() -> InodeEdit.read(inode(inode), offset, target.remaining()));
    target.put(bytes);
    return bytes.length;
  }

  @Override
  public long seek(long inode, long offset, Seek whence) throws IOException {
    return store.call(
        () -> {
          SparseBytes content = inode(inode).content();
          Refused.when(offset >= content.size() || offset < 0, ENXIO).check();
          long block = offset / SparseBytes.BLOCK;
          long last = (content.size() - 1) / SparseBytes.BLOCK;
          while (block <= last && content.written().containsKey(block) != (whence == Seek.DATA)) {
            block++;
            if (whence == Seek.DATA) {
              var next = content.written().ceiling(block);
              block = next == null ? last + 1 : next.getKey();
            }
          }
          Refused.when(whence == Seek.DATA && block > last, ENXIO).check();
          if (block > last) {
            return content.size();
          }
          long found = Math.max(offset, block * SparseBytes.BLOCK);
          Refused.when(whence == Seek.DATA && found >= content.size(), ENXIO).check();
          return Math.min(found, content.size());
        });
  }

  @Override
  public byte[] getxattr(long inode, Name name) throws IOException {
    return store.call(() -> InodeEdit.getxattr(inode(inode), name));
  }

  @Override
  public List<Name> listxattr(long inode) throws IOException {
    List<Name> names = new ArrayList<>();
    store.call(() -> inode(inode)).xattrs().forEach(entry -> names.add(entry.getKey()));
    return names;
  }

  @Override
  public void hold(long inode) throws IOException {
    store.call(
        () -> {
          store.model.hold(treeId, inode);
          return true;
        });
  }

  @Override
  public void release(long inode) throws IOException {
    store.call(
        () -> {
          store.model.release(treeId, inode);
          return true;
        });
  }

  @Override
  public SpaceStatistics statistics() {
    return new SpaceStatistics(0, 0, 0, state().inodes().size());
  }

  private InodeAttributes make(
      long directory,
      Name name,
      int mode,
      int umask,
      int uid,
      int gid,
      int device,
      byte @Nullable [] target)
      throws IOException {
    return attributes(
        edit(
            edit -> {
              long number = state().highestInode() + 1;
              return edit.make(number, directory, name, mode, umask, uid, gid, device, target);
            }));
  }

  @Override
  public InodeAttributes create(
      long directory, Name name, int mode, int umask, int uid, int gid, int device)
      throws IOException {
    if (store.bug == Bug.CREATE_IN_TWO_STEPS && !has(directory, name)) {
      store.betweenSteps();
      removeFile(directory, name);
    }
    return make(directory, name, mode, umask, uid, gid, device, null);
  }

  @Override
  public InodeAttributes createHeld(
      long directory, Name name, int mode, int umask, int uid, int gid) throws IOException {
    if (store.bug == Bug.CREATE_HELD_IN_TWO_STEPS) {
      InodeAttributes made = create(directory, name, FileMode.REGULAR | mode, umask, uid, gid, 0);
      store.betweenSteps();
      hold(made.inode());
      return made;
    }
    return attributes(
        store.change(
            () -> {
              long number = state().highestInode() + 1;
              return store.model.makeHeld(treeId, number, directory, name, mode, umask, uid, gid);
            }));
  }

  @Override
  public InodeAttributes mkdir(long directory, Name name, int mode, int umask, int uid, int gid)
      throws IOException {
    return make(directory, name, FileMode.DIRECTORY | mode, umask, uid, gid, 0, null);
  }

  @Override
  public InodeAttributes symlink(long directory, Name name, byte[] target, int uid, int gid)
      throws IOException {
    return make(directory, name, FileMode.SYMLINK | 0777, 0, uid, gid, 0, target);
  }

  @Override
  public InodeAttributes link(long inode, long directory, Name name) throws IOException {
    return attributes(edit(edit -> edit.link(inode, directory, name)));
  }

  @Override
  public InodeAttributes createUnnamed(long directory, int mode, int umask, int uid, int gid)
      throws IOException {
    return attributes(
        store.change(
            () -> {
              long number = state().highestInode() + 1;
              return store.model.makeUnnamed(treeId, number, directory, mode, umask, uid, gid);
            }));
  }

  @Override
  public InodeAttributes unlink(long directory, Name name, boolean hold) throws IOException {
    return Objects.requireNonNull(
        removal(
            directory,
            name,
            inode -> hold && !inode.isRegular(),
            edit -> edit.unlink(directory, name)));
  }

  @Override
  public InodeAttributes rmdir(long directory, Name name, boolean hold) throws IOException {
    if (store.bug == Bug.RMDIR_ANYTHING) {
      InodeAttributes found = lookup(directory, name);
      if (found.isDirectory()) {
        update(found.inode(), inode -> inode.withEntries(PersistentMap.empty()));
      }
    }
    return Objects.requireNonNull(
        removal(directory, name, inode -> hold, edit -> edit.rmdir(directory, name)));
  }

  /** Removes a name; null when what it led to has lost none. */
  private @Nullable InodeAttributes removal(
      long directory, Name name, Predicate<ModelInode> hold, Consumer<TreeEdit> change)
      throws IOException {
    return store
        .change(
            () -> Optional.ofNullable(store.model.remove(treeId, directory, name, hold, change)))
        .map(FakeTree::attributes)
        .orElse(null);
  }

  @Override
  public @Nullable InodeAttributes rename(
      long directory, Name name, long newDirectory, Name newName, RenameMode mode, boolean hold)
      throws IOException {
    if (store.bug == Bug.RENAME_IN_TWO_STEPS && mode == RenameMode.REPLACE) {
      makeWay(directory, name, newDirectory, newName);
    }
    Long replaced =
        store.bug == Bug.RENAME_FORGETS_LINK_COUNT
            ? Outcome.of(() -> lookup(newDirectory, newName).inode()).value()
            : null;
    InodeAttributes lost =
        removal(
            newDirectory,
            newName,
            inode -> hold,
            edit -> edit.rename(directory, name, newDirectory, newName, mode));
    if (replaced != null) {
      ModelInode left = state().inodes().get(replaced);
      if (left != null && !left.isDirectory() && mode == RenameMode.REPLACE) {
        update(replaced, inode -> inode.withLinks(inode.linkCount() + 1));
      }
    }
    return lost;
  }

  private boolean has(long directory, Name name) throws IOException {
    return Outcome.of(() -> lookup(directory, name)).succeeded();
  }

  private boolean removeFile(long directory, Name name) throws IOException {
    return Outcome.of(
            () -> {
              unlink(directory, name);
              return true;
            })
        .succeeded();
  }

  /** Removes the file that the rename of another will replace. */
  private void makeWay(long directory, Name name, long newDirectory, Name newName)
      throws IOException {
    InodeAttributes moved = Outcome.of(() -> lookup(directory, name)).value();
    InodeAttributes old = Outcome.of(() -> lookup(newDirectory, newName)).value();
    boolean areFiles = moved != null && old != null && !moved.isDirectory() && !old.isDirectory();
    if (areFiles && moved.inode() != old.inode() && removeFile(newDirectory, newName)) {
      store.betweenSteps();
    }
  }

  @Override
  public InodeAttributes setattr(long inode, AttributeChange change) throws IOException {
    return update(
        inode,
        i -> {
          ModelInode after = InodeEdit.setattr(i, change, store.model.now());
          boolean keep =
              store.bug == Bug.TRUNCATION_KEEPS_BYTES && after.size() % SparseBytes.BLOCK != 0;
          return keep && change.size() != null && change.size() < i.size()
              ? after.withContent(
                  new SparseBytes(
                      change.size(), i.content().written(), after.content().allocated()))
              : after;
        });
  }

  @Override
  public boolean dropSetIds(long inode) throws IOException {
    int mode = getattr(inode).mode();
    if (!FileMode.isRegular(mode) || FileMode.withoutSetIds(mode) == mode) {
      return false;
    }
    setattr(inode, AttributeChange.ofMode(FileMode.withoutSetIds(mode) & FileMode.PERMISSION_MASK));
    return true;
  }

  @Override
  public InodeAttributes setFlags(long inode, int flags) throws IOException {
    return update(inode, i -> InodeEdit.setFlags(i, flags, store.model.now()));
  }

  @Override
  public void write(long inode, long offset, ByteBuffer source) throws IOException {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    update(
        inode,
        i -> {
          ModelInode after = InodeEdit.write(i, offset, bytes, store.model.now());
          return store.bug == Bug.WRITE_WITHOUT_TIME ? after.modified(i.modificationTime()) : after;
        });
    if (store.bug == Bug.SNAPSHOT_CHANGES) {
      store.model.leakIntoSnapshot(treeId, inode(inode));
    }
  }

  @Override
  public void writeBack(long inode, long offset, ByteBuffer source) throws IOException {
    write(inode, offset, source);
  }

  @Override
  public long append(long inode, ByteBuffer source) throws IOException {
    if (store.bug == Bug.APPEND_IN_TWO_STEPS) {
      long offset = getattr(inode).size();
      store.betweenSteps();
      append(inode, offset, source);
      return offset;
    }
    synchronized (store) {
      long offset = getattr(inode).size();
      append(inode, offset, source);
      return offset;
    }
  }

  private void append(long inode, long offset, ByteBuffer source) throws IOException {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    update(inode, i -> InodeEdit.append(i, offset, bytes, store.model.now()));
  }

  @Override
  public void fallocate(long inode, FallocateMode mode, long offset, long length)
      throws IOException {
    update(inode, i -> InodeEdit.fallocate(i, mode, offset, length, store.model.now()));
  }

  @Override
  public long copyRange(
      FileTree source, long sourceInode, long sourceOffset, long inode, long offset, long length)
      throws IOException {
    FakeTree from = (FakeTree) source;
    ModelInode early = store.call(() -> from.inode(sourceInode));
    boolean keepsEarly = store.bug == Bug.COPY_IN_TWO_STEPS;
    if (keepsEarly) {
      store.betweenSteps();
    }
    synchronized (store) {
      ModelInode original = keepsEarly ? early : store.call(() -> from.inode(sourceInode));
      boolean sameFile = from.treeId == treeId && sourceInode == inode;
      long count =
          store.call(
              () ->
                  InodeEdit.copyLength(
                      original, sourceOffset, inode(inode), offset, length, sameFile));
      long shift = store.bug == Bug.COPY_ALIGNS ? sourceOffset % SparseBytes.BLOCK : 0;
      update(
          inode,
          i ->
              InodeEdit.copy(
                  i, original.content(), sourceOffset - shift, offset, count, store.model.now()));
      return count;
    }
  }

  @Override
  public void setxattr(long inode, Name name, byte[] value, XattrMode mode) throws IOException {
    update(inode, i -> InodeEdit.setxattr(i, name, value, mode, store.model.now()));
  }

  @Override
  public void removexattr(long inode, Name name) throws IOException {
    update(inode, i -> InodeEdit.removexattr(i, name, store.model.now()));
  }

  @Override
  public void touchAccessTime(long inode) throws IOException {
    update(inode, i -> InodeEdit.touch(i, store.model.now()));
  }

  @Override
  public void fsync(long inode, boolean dataOnly) throws IOException {
    getattr(inode);
    store.durable();
  }

  @Override
  public void sync() {
    store.durable();
  }
}
