package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Operations on names and links. */
final class NamespaceOperations {
  private static final int[] TYPES = {
    FileMode.REGULAR,
    FileMode.REGULAR,
    FileMode.REGULAR,
    FileMode.REGULAR,
    FileMode.FIFO,
    FileMode.SOCKET,
    FileMode.CHARACTER_DEVICE,
    FileMode.BLOCK_DEVICE
  };

  /** A volume with more inodes is not filled further. */
  private static final int INODES_MAX = 600;

  private NamespaceOperations() {}

  static void create(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    create(lockstep, pick, volume, pick.directory(volume.tree()), pick.name());
  }

  static void create(Lockstep lockstep, Pick pick, ModelVolume volume, long directory, Name name)
      throws IOException {
    int type = TYPES[pick.random().nextInt(TYPES.length)];
    int mode = type | pick.permissions();
    int device = FileMode.isDevice(mode) ? pick.random().nextInt() : 0;
    int umask = pick.umask();
    create(lockstep, volume, directory, name, mode, umask, pick.owner(), pick.owner(), device);
  }

  static void create(
      Lockstep lockstep,
      ModelVolume volume,
      long directory,
      Name name,
      int mode,
      int umask,
      int uid,
      int gid,
      int device)
      throws IOException {
    String what =
        "create %d %d/%s mode %o umask %o".formatted(volume.id(), directory, name, mode, umask);
    lockstep.run(
        what,
        () -> lockstep.open(volume.id()).create(directory, name, mode, umask, uid, gid, device),
        found ->
            make(lockstep, volume, found, directory, name, mode, umask, uid, gid, device, null),
        InodeComparison::attributes,
        recovered -> recovered.open(volume.id()).lookup(directory, name));
  }

  static void mkdir(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    Name name = pick.name();
    int mode = FileMode.DIRECTORY | (pick.oneIn(4) ? 02775 : 0755);
    mkdir(lockstep, volume, directory, name, mode, pick.umask(), pick.owner(), pick.owner());
  }

  static void mkdir(
      Lockstep lockstep,
      ModelVolume volume,
      long directory,
      Name name,
      int mode,
      int umask,
      int uid,
      int gid)
      throws IOException {
    lockstep.run(
        "mkdir %d %d/%s mode %o umask %o".formatted(volume.id(), directory, name, mode, umask),
        () -> lockstep.open(volume.id()).mkdir(directory, name, mode & 07777, umask, uid, gid),
        found -> make(lockstep, volume, found, directory, name, mode, umask, uid, gid, 0, null),
        InodeComparison::attributes,
        recovered -> recovered.open(volume.id()).lookup(directory, name));
  }

  /** Fills a new directory with files, so that the volume's tree has many nodes. */
  static void fill(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    if (volume.tree().inodes().size() > INODES_MAX) {
      return;
    }
    long directory = pick.directory(volume.tree());
    int count = 50 + pick.random().nextInt(400);
    for (int i = 0; i < count; i++) {
      ModelVolume now = lockstep.model().volume(volume.id());
      create(lockstep, pick, now, directory, Name.of("filled " + i));
    }
  }

  static void symlink(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    Name name = pick.name();
    int length = pick.oneIn(30) ? 4094 + pick.random().nextInt(3) : (int) pick.skewed(300);
    byte[] target = new byte[length];
    pick.random().nextBytes(target);
    int uid = pick.owner();
    int gid = pick.owner();
    int mode = FileMode.SYMLINK | 0777;
    lockstep.run(
        "symlink %d %d/%s, %d bytes".formatted(volume.id(), directory, name, length),
        () -> lockstep.open(volume.id()).symlink(directory, name, target, uid, gid),
        found -> make(lockstep, volume, found, directory, name, mode, 0, uid, gid, 0, target),
        InodeComparison::attributes,
        recovered -> recovered.open(volume.id()).lookup(directory, name));
  }

  private static ModelInode make(
      Lockstep lockstep,
      ModelVolume volume,
      @Nullable InodeAttributes found,
      long directory,
      Name name,
      int mode,
      int umask,
      int uid,
      int gid,
      int device,
      byte @Nullable [] target) {
    long number = found == null ? volume.tree().highestInode() + 1 : found.inode();
    ModelInode made =
        lockstep
            .model()
            .edit(
                volume.id(),
                edit -> edit.make(number, directory, name, mode, umask, uid, gid, device, target));
    if (number <= volume.tree().highestInode()) {
      throw new AssertionError("inode number " + number + " is given twice");
    }
    return made;
  }

  static void link(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.file(volume.tree());
    link(lockstep, volume, inode, pick.directory(volume.tree()), pick.name());
  }

  static void link(Lockstep lockstep, ModelVolume volume, long inode, long directory, Name name)
      throws IOException {
    ModelInode before = volume.tree().inodes().get(inode);
    boolean done =
        lockstep.run(
            "link %d inode %d to %d/%s".formatted(volume.id(), inode, directory, name),
            () -> lockstep.open(volume.id()).link(inode, directory, name),
            found -> lockstep.model().edit(volume.id(), edit -> edit.link(inode, directory, name)),
            InodeComparison::attributes);
    if (done && before.unnamed()) {
      lockstep
          .history()
          .flushed(volume.id(), lockstep.model().tree(volume.id()).inodes().get(inode));
    }
  }

  static void unlink(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    unlink(lockstep, volume.id(), directory, pick.entry(volume.tree(), directory), pick.oneIn(3));
  }

  static boolean unlink(Lockstep lockstep, long volume, long directory, Name name)
      throws IOException {
    return unlink(lockstep, volume, directory, name, false);
  }

  private static boolean unlink(
      Lockstep lockstep, long volume, long directory, Name name, boolean hold) throws IOException {
    return lockstep.run(
        "unlink %d %d/%s hold %b".formatted(volume, directory, name, hold),
        () -> lockstep.open(volume).unlink(directory, name, hold),
        found ->
            lockstep
                .model()
                .remove(
                    volume,
                    directory,
                    name,
                    inode -> hold && !inode.isRegular(),
                    edit -> edit.unlink(directory, name)),
        InodeComparison::attributes);
  }

  static void rmdir(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    rmdir(lockstep, volume.id(), directory, pick.entry(volume.tree(), directory), pick.oneIn(2));
  }

  static boolean rmdir(Lockstep lockstep, long volume, long directory, Name name, boolean hold)
      throws IOException {
    return lockstep.run(
        "rmdir %d %d/%s hold %b".formatted(volume, directory, name, hold),
        () -> lockstep.open(volume).rmdir(directory, name, hold),
        found ->
            lockstep
                .model()
                .remove(
                    volume, directory, name, inode -> hold, edit -> edit.rmdir(directory, name)),
        InodeComparison::attributes);
  }

  static void rename(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long from = pick.directory(volume.tree());
    long to = pick.oneIn(3) ? from : pick.directory(volume.tree());
    Name name = pick.entry(volume.tree(), from);
    Name newName = pick.oneIn(2) ? pick.entry(volume.tree(), to) : pick.name();
    RenameMode mode =
        pick.oneIn(2)
            ? RenameMode.REPLACE
            : RenameMode.values()[pick.random().nextInt(RenameMode.values().length)];
    rename(lockstep, volume, from, name, to, newName, mode, pick.oneIn(3));
  }

  static void rename(
      Lockstep lockstep,
      ModelVolume volume,
      long from,
      Name name,
      long to,
      Name newName,
      RenameMode mode,
      boolean hold)
      throws IOException {
    WritableFileTree tree = lockstep.open(volume.id());
    boolean done =
        lockstep.run(
            "rename %d %d/%s to %d/%s %s hold %b"
                .formatted(volume.id(), from, name, to, newName, mode, hold),
            () -> Optional.ofNullable(tree.rename(from, name, to, newName, mode, hold)),
            found ->
                lockstep
                    .model()
                    .remove(
                        volume.id(),
                        to,
                        newName,
                        inode -> hold,
                        edit -> edit.rename(from, name, to, newName, mode)),
            (expected, found) -> {
              assertEquals(expected == null, found.isEmpty());
              found.ifPresent(replaced -> InodeComparison.attributes(expected, replaced));
            });
    if (done) {
      long moved = volume.tree().inodes().get(from).entries().get(name);
      Long replaced = volume.tree().inodes().get(to).entries().get(newName);
      TreeState after = lockstep.model().tree(volume.id());
      if (replaced == null || replaced != moved) {
        lockstep.history().flushed(volume.id(), after.inodes().get(moved));
        if (mode == RenameMode.EXCHANGE && replaced != null) {
          lockstep.history().flushed(volume.id(), after.inodes().get(replaced));
        }
      }
    }
  }

  /** Removes a directory with all that is below it, as {@code rm -r} does. */
  static void removeTree(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    ModelInode inode = volume.tree().inodes().get(directory);
    if (inode == null) {
      return;
    }
    for (Map.Entry<Name, Long> entry : inode.entries()) {
      remove(lockstep, volume.id(), directory, entry.getKey(), entry.getValue());
    }
  }

  private static void remove(Lockstep lockstep, long volume, long directory, Name name, long number)
      throws IOException {
    ModelInode inode = lockstep.model().tree(volume).inodes().get(number);
    if (!inode.isDirectory()) {
      unlink(lockstep, volume, directory, name);
      return;
    }
    for (Map.Entry<Name, Long> entry : inode.entries()) {
      remove(lockstep, volume, number, entry.getKey(), entry.getValue());
    }
    rmdir(lockstep, volume, directory, name, false);
  }

  static void lookup(Lockstep lockstep, Pick pick) throws IOException {
    long treeId = pick.tree();
    TreeState tree = lockstep.model().tree(treeId);
    long directory = pick.directory(tree);
    Name name = pick.entry(tree, directory);
    if (name.isDot() || name.isDotDot()) {
      return;
    }
    lockstep.ask(
        "lookup %d %d/%s".formatted(treeId, directory, name),
        () -> lockstep.openTree(treeId).lookup(directory, name),
        found -> new TreeEdit(tree, lockstep.model().now(), i -> false).lookup(directory, name),
        InodeComparison::attributes);
  }
}
