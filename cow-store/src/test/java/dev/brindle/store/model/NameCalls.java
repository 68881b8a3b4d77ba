package dev.brindle.store.model;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Concurrent calls on names and links. */
final class NameCalls {
  /** For the model when the store refused to give a number. */
  private static final long NO_NUMBER = 1L << 39;

  private static final int OWNER = 1000;

  private NameCalls() {}

  static ConcurrentCall<?, ?> create(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return create(volume, operands.directory(volume), operands.name());
  }

  static ConcurrentCall<InodeAttributes, ModelInode> create(
      long volume, long directory, Name name) {
    return create("create", volume, directory, name, FileMode.REGULAR | 0644);
  }

  static ConcurrentCall<?, ?> mkfifo(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long directory = operands.directory(volume);
    return create("mkfifo", volume, directory, operands.name(), FileMode.FIFO | 0644);
  }

  private static ConcurrentCall<InodeAttributes, ModelInode> create(
      String what, long volume, long directory, Name name, int mode) {
    return new ConcurrentCall<>(
        "%s %d %d/%s".formatted(what, volume, directory, name),
        store -> store.open(volume).create(directory, name, mode, OWNER, OWNER, 0),
        (model, found) -> make(model, volume, directory, name, mode, found),
        InodeComparison::attributes);
  }

  static ConcurrentCall<?, ?> mkdir(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return mkdir(volume, operands.directory(volume), operands.name());
  }

  static ConcurrentCall<InodeAttributes, ModelInode> mkdir(long volume, long directory, Name name) {
    return new ConcurrentCall<>(
        "mkdir %d %d/%s".formatted(volume, directory, name),
        store -> store.open(volume).mkdir(directory, name, 0755, OWNER, OWNER),
        (model, found) -> make(model, volume, directory, name, FileMode.DIRECTORY | 0755, found),
        InodeComparison::attributes);
  }

  private static ModelInode make(
      ModelStore model,
      long volume,
      long directory,
      Name name,
      int mode,
      @Nullable InodeAttributes found) {
    long number = newNumber(model, volume, found);
    return model.edit(
        volume, edit -> edit.make(number, directory, name, mode, 0, OWNER, OWNER, 0, null));
  }

  static long newNumber(ModelStore model, long volume, @Nullable InodeAttributes found) {
    long number = found == null ? NO_NUMBER : found.inode();
    if (found != null && number <= model.volume(volume).tree().highestInode()) {
      throw new AssertionError("inode number " + number + " is given twice");
    }
    return number;
  }

  static ConcurrentCall<?, ?> link(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return link(volume, operands.inode(volume), operands.directory(volume), operands.name());
  }

  /** Of what is made meanwhile, perhaps without a name. */
  static ConcurrentCall<?, ?> linkNew(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return link(volume, operands.newInode(volume), operands.directory(volume), operands.name());
  }

  static ConcurrentCall<InodeAttributes, ModelInode> link(
      long volume, long inode, long directory, Name name) {
    return new ConcurrentCall<>(
        "link %d inode %d to %d/%s".formatted(volume, inode, directory, name),
        store -> store.open(volume).link(inode, directory, name),
        (model, found) -> model.edit(volume, edit -> edit.link(inode, directory, name)),
        InodeComparison::attributes);
  }

  static ConcurrentCall<?, ?> unlink(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return unlink(volume, operands.directory(volume), operands.name());
  }

  static ConcurrentCall<Boolean, Boolean> unlink(long volume, long directory, Name name) {
    return change(
        "unlink %d %d/%s".formatted(volume, directory, name),
        volume,
        tree -> tree.unlink(directory, name),
        edit -> edit.unlink(directory, name));
  }

  static ConcurrentCall<?, ?> rmdir(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long directory = operands.directory(volume);
    Name name = operands.name();
    return change(
        "rmdir %d %d/%s".formatted(volume, directory, name),
        volume,
        tree -> tree.rmdir(directory, name),
        edit -> edit.rmdir(directory, name));
  }

  static ConcurrentCall<?, ?> rename(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    long from = operands.directory(volume);
    long to = operands.oneIn(2) ? from : operands.directory(volume);
    RenameMode mode = operands.oneIn(2) ? RenameMode.REPLACE : operands.oneOf(RenameMode.values());
    return rename(volume, from, operands.name(), to, operands.name(), mode);
  }

  static ConcurrentCall<Boolean, Boolean> rename(
      long volume, long from, Name name, long to, Name newName, RenameMode mode) {
    return change(
        "rename %d %d/%s to %d/%s %s".formatted(volume, from, name, to, newName, mode),
        volume,
        tree -> tree.rename(from, name, to, newName, mode),
        edit -> edit.rename(from, name, to, newName, mode));
  }

  static ConcurrentCall<?, ?> lookup(ConcurrentOperands operands) {
    long treeId = operands.tree();
    return lookup(treeId, operands.directory(treeId), operands.name());
  }

  static ConcurrentCall<InodeAttributes, ModelInode> lookup(
      long treeId, long directory, Name name) {
    return new ConcurrentCall<>(
        "lookup %d %d/%s".formatted(treeId, directory, name),
        store -> open(store, treeId).lookup(directory, name),
        (model, found) -> look(model, treeId).lookup(directory, name),
        InodeComparison::attributes);
  }

  static ConcurrentCall<?, ?> parent(ConcurrentOperands operands) {
    long treeId = operands.tree();
    long directory = operands.directory(treeId);
    return new ConcurrentCall<Long, Long>(
        "parent %d %d".formatted(treeId, directory),
        store -> open(store, treeId).parent(directory),
        (model, found) -> directory(look(model, treeId), directory).parent(),
        (expected, found) -> InodeComparison.equal("parent", expected, found));
  }

  static ConcurrentCall<?, ?> list(ConcurrentOperands operands) {
    long treeId = operands.tree();
    return list(treeId, operands.directory(treeId));
  }

  /** All names of a directory at once, each with its inode. */
  static ConcurrentCall<Map<Name, Long>, Map<Name, Long>> list(long treeId, long directory) {
    return new ConcurrentCall<>(
        "list %d %d".formatted(treeId, directory),
        store -> {
          Map<Name, Long> names = new TreeMap<>();
          open(store, treeId)
              .readdir(directory, 0, (name, inode, mode, cookie) -> names.put(name, inode) == null);
          return names;
        },
        (model, found) -> {
          Map<Name, Long> names = new TreeMap<>();
          directory(look(model, treeId), directory)
              .entries()
              .forEach(entry -> names.put(entry.getKey(), entry.getValue()));
          return names;
        },
        (expected, found) -> InodeComparison.equal("names", expected, found));
  }

  private static ModelInode directory(TreeEdit tree, long number) {
    ModelInode inode = tree.inode(number);
    Refused.when(!inode.isDirectory(), Errno.ENOTDIR).check();
    return inode;
  }

  /** A volume's tree or, by its version, a snapshot's. */
  static FileTree open(VersionedStore store, long treeId) throws IOException {
    return Outcome.of(() -> store.volume(treeId)).succeeded()
        ? store.open(treeId)
        : store.openSnapshot(treeId);
  }

  /** The model's tree, to look at. */
  static TreeEdit look(ModelStore model, long treeId) {
    return new TreeEdit(model.tree(treeId), model.now(), inode -> false);
  }

  private interface TreeChange {
    void run(WritableFileTree tree) throws IOException;
  }

  private static ConcurrentCall<Boolean, Boolean> change(
      String what, long volume, TreeChange onTree, Consumer<TreeEdit> onModel) {
    return new ConcurrentCall<>(
        what,
        store -> {
          onTree.run(store.open(volume));
          return true;
        },
        (model, found) ->
            model.edit(
                volume,
                edit -> {
                  onModel.accept(edit);
                  return true;
                }),
        (expected, found) -> {});
  }
}
