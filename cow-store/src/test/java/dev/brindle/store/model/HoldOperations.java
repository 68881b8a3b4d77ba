package dev.brindle.store.model;

import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.Map;

/** Operations on inodes that stay while they are held. */
final class HoldOperations {
  private HoldOperations() {}

  static void hold(Lockstep lockstep, Pick pick) throws IOException {
    long treeId = pick.oneIn(5) ? pick.tree() : pick.volume().id();
    TreeState tree = lockstep.model().tree(treeId);
    long inode = pick.oneIn(3) ? pick.directory(tree) : pick.file(tree);
    hold(lockstep, treeId, inode);
  }

  /** Makes a file held, perhaps removes its name, and writes to it. */
  static void createHeld(Lockstep lockstep, Pick pick) throws IOException {
    long volume = pick.volume().id();
    TreeState tree = lockstep.model().tree(volume);
    long directory = pick.directory(tree);
    Name name = pick.name();
    int mode = pick.permissions();
    int umask = pick.umask();
    int owner = pick.owner();
    long[] number = {tree.highestInode() + 1};
    boolean done =
        lockstep.<InodeAttributes, ModelInode>run(
            "create held %d %d/%s mode %o umask %o".formatted(volume, directory, name, mode, umask),
            () -> lockstep.open(volume).createHeld(directory, name, mode, umask, owner, owner),
            found -> {
              number[0] = found == null ? number[0] : found.inode();
              return lockstep
                  .model()
                  .makeHeld(volume, number[0], directory, name, mode, umask, owner, owner);
            },
            InodeComparison::attributes,
            recovered -> recovered.open(volume).lookup(directory, name));
    if (done) {
      if (pick.oneIn(2)) {
        NamespaceOperations.unlink(lockstep, volume, directory, name);
      }
      DataOperations.write(
          lockstep, pick, volume, number[0], pick.skewed(50_000), pick.bytes(3_000));
    }
  }

  /** Makes a file without a name, writes to it, and leaves it so or gives it a name. */
  static void createUnnamed(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    int mode = pick.permissions();
    int umask = pick.umask();
    int owner = pick.owner();
    ModelStore model = lockstep.model();
    long[] number = {volume.tree().highestInode() + 1};
    boolean done =
        lockstep.<InodeAttributes, ModelInode>run(
            "create unnamed %d in %d mode %o umask %o"
                .formatted(volume.id(), directory, mode, umask),
            () -> lockstep.open(volume.id()).createUnnamed(directory, mode, umask, owner, owner),
            found -> {
              number[0] = found == null ? number[0] : found.inode();
              return model.makeUnnamed(
                  volume.id(), number[0], directory, mode, umask, owner, owner);
            },
            InodeComparison::attributes);
    if (done) {
      DataOperations.write(
          lockstep, pick, volume.id(), number[0], pick.skewed(50_000), pick.bytes(3_000));
      if (pick.oneIn(2)) {
        ModelVolume now = model.volume(volume.id());
        NamespaceOperations.link(lockstep, now, number[0], directory, pick.name());
      }
    }
  }

  static boolean hold(Lockstep lockstep, long treeId, long inode) throws IOException {
    return lockstep.run(
        "hold %d inode %d".formatted(treeId, inode),
        () -> lockstep.openTree(treeId).hold(inode),
        () -> lockstep.model().hold(treeId, inode));
  }

  /** Ends one of the holds there are. */
  static void release(Lockstep lockstep, Pick pick) throws IOException {
    ModelStore.Holder holder = lockstep.model().anyHolder(pick.random());
    if (holder != null) {
      release(lockstep, holder.treeId(), holder.inode());
    }
  }

  static void release(Lockstep lockstep, long treeId, long inode) throws IOException {
    FileTree tree = lockstep.openTree(treeId);
    lockstep.run(
        "release %d inode %d".formatted(treeId, inode),
        () -> tree.release(inode),
        () -> lockstep.model().release(treeId, inode));
    ModelVolume volume = lockstep.state().volumes().get(treeId);
    ModelInode left = volume == null ? null : volume.tree().inodes().get(inode);
    if (left != null && !lockstep.model().isHeld(treeId, inode)) {
      lockstep.history().released(treeId, left);
    }
  }

  /** Holds a file, removes one of its names, and leaves it so: reads and writes go on. */
  static void holdAndUnlink(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long directory = pick.directory(volume.tree());
    ModelInode inode = volume.tree().inodes().get(directory);
    if (inode == null || inode.entries().isEmpty()) {
      return;
    }
    Map.Entry<Name, Long> entry = inode.entries().at(pick.random().nextInt(inode.entries().size()));
    long number = entry.getValue();
    if (volume.tree().inodes().get(number).isDirectory()) {
      return;
    }
    hold(lockstep, volume.id(), number);
    NamespaceOperations.unlink(lockstep, volume.id(), directory, entry.getKey());
    ModelInode left = lockstep.model().tree(volume.id()).inodes().get(number);
    InodeComparison.attributes(left, lockstep.open(volume.id()).getattr(number));
    if (left.isRegular()) {
      DataOperations.write(
          lockstep, pick, volume.id(), number, pick.skewed(50_000), pick.bytes(3_000));
      left = lockstep.model().tree(volume.id()).inodes().get(number);
      InodeComparison.content(lockstep.open(volume.id()), left);
    }
    if (pick.oneIn(2)) {
      release(lockstep, volume.id(), number);
    }
  }
}
