package dev.brindle.store.model;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Operations on modes, owners, times and extended attributes. */
final class AttributeOperations {
  /** In a volume. */
  private static final int UNCHANGEABLE_MAX = 3;

  private AttributeOperations() {}

  static void chmod(Lockstep lockstep, Pick pick) throws IOException {
    setattr(lockstep, pick, AttributeChange.ofMode(pick.permissions()));
  }

  static void chown(Lockstep lockstep, Pick pick) throws IOException {
    Integer uid = pick.oneIn(3) ? null : pick.owner();
    Integer gid = pick.oneIn(3) ? null : pick.owner();
    setattr(lockstep, pick, AttributeChange.ofOwner(uid, gid));
  }

  /** Most inodes may be changed most of the time. */
  static void setFlags(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    List<ModelInode> unchangeable = new ArrayList<>();
    for (Map.Entry<Long, ModelInode> entry : volume.tree().inodes()) {
      if (entry.getValue().has(InodeFlags.UNCHANGEABLE)) {
        unchangeable.add(entry.getValue());
      }
    }
    if (unchangeable.size() > UNCHANGEABLE_MAX || !unchangeable.isEmpty() && pick.oneIn(2)) {
      ModelInode inode = unchangeable.get(pick.random().nextInt(unchangeable.size()));
      int flags = inode.userFlags() & ~InodeFlags.UNCHANGEABLE;
      setFlags(lockstep, volume.id(), inode.number(), flags);
    } else {
      setFlags(lockstep, volume.id(), pick.inode(volume.tree()), pick.flags());
    }
  }

  static void setFlags(Lockstep lockstep, long volume, long inode, int flags) throws IOException {
    ModelStore model = lockstep.model();
    lockstep.<InodeAttributes, ModelInode>run(
        "set flags %d inode %d: %x".formatted(volume, inode, flags),
        () -> lockstep.open(volume).setFlags(inode, flags),
        found -> model.update(volume, inode, i -> InodeEdit.setFlags(i, flags, model.now())),
        InodeComparison::attributes);
  }

  static void setAcl(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    boolean isDefault = pick.oneIn(2);
    long inode = isDefault ? pick.directory(volume.tree()) : pick.inode(volume.tree());
    Name name = isDefault ? ModelAcl.DEFAULT : ModelAcl.ACCESS;
    XattrMode mode = XattrMode.values()[pick.random().nextInt(XattrMode.values().length)];
    setxattr(lockstep, volume, inode, name, pick.acl(), mode);
  }

  static void utimens(Lockstep lockstep, Pick pick) throws IOException {
    setattr(
        lockstep,
        pick,
        AttributeChange.ofTimes(
            pick.oneIn(3) ? null : pick.time(), pick.oneIn(3) ? null : pick.time()));
  }

  private static void setattr(Lockstep lockstep, Pick pick, AttributeChange change)
      throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.inode(volume.tree());
    setattr(lockstep, volume.id(), inode, change);
  }

  static boolean setattr(Lockstep lockstep, long volume, long inode, AttributeChange change)
      throws IOException {
    ModelStore model = lockstep.model();
    return lockstep.<InodeAttributes, ModelInode>run(
        "setattr %d inode %d: %s".formatted(volume, inode, change),
        () -> lockstep.open(volume).setattr(inode, change),
        found -> model.update(volume, inode, i -> InodeEdit.setattr(i, change, model.now())),
        InodeComparison::attributes);
  }

  static void getattr(Lockstep lockstep, Pick pick) throws IOException {
    long treeId = pick.tree();
    TreeState tree = lockstep.model().tree(treeId);
    long inode = pick.inode(tree);
    lockstep.ask(
        "getattr %d inode %d".formatted(treeId, inode),
        () -> lockstep.openTree(treeId).getattr(inode),
        found -> new TreeEdit(tree, lockstep.model().now(), i -> false).inode(inode),
        InodeComparison::attributes);
  }

  static void touch(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.inode(volume.tree());
    ModelStore model = lockstep.model();
    boolean done =
        lockstep.run(
            "touch access time %d inode %d".formatted(volume.id(), inode),
            () -> lockstep.open(volume.id()).touchAccessTime(inode),
            () -> model.update(volume.id(), inode, i -> InodeEdit.touch(i, model.now())));
    if (done) {
      ModelInode before = volume.tree().inodes().get(inode);
      ModelInode after = model.tree(volume.id()).inodes().get(inode);
      lockstep.history().written(volume.id(), before, after);
    }
  }

  static void setxattr(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.inode(volume.tree());
    Name name = xattrName(pick);
    byte[] value = pick.bytes(xattrLength(pick));
    XattrMode mode =
        pick.oneIn(2)
            ? XattrMode.CREATE_OR_REPLACE
            : XattrMode.values()[pick.random().nextInt(XattrMode.values().length)];
    setxattr(lockstep, volume, inode, name, value, mode);
  }

  static void setxattr(
      Lockstep lockstep, ModelVolume volume, long inode, Name name, byte[] value, XattrMode mode)
      throws IOException {
    ModelStore model = lockstep.model();
    lockstep.run(
        "setxattr %d inode %d %s, %d bytes, %s"
            .formatted(volume.id(), inode, name, value.length, mode),
        () -> lockstep.open(volume.id()).setxattr(inode, name, value, mode),
        () ->
            model.update(
                volume.id(), inode, i -> InodeEdit.setxattr(i, name, value, mode, model.now())));
  }

  static void removexattr(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    long inode = pick.inode(volume.tree());
    removexattr(lockstep, volume, inode, xattrName(pick, volume.tree().inodes().get(inode)));
  }

  static void removexattr(Lockstep lockstep, ModelVolume volume, long inode, Name name)
      throws IOException {
    ModelStore model = lockstep.model();
    lockstep.run(
        "removexattr %d inode %d %s".formatted(volume.id(), inode, name),
        () -> lockstep.open(volume.id()).removexattr(inode, name),
        () -> model.update(volume.id(), inode, i -> InodeEdit.removexattr(i, name, model.now())));
  }

  static void getxattr(Lockstep lockstep, Pick pick) throws IOException {
    long treeId = pick.tree();
    TreeState tree = lockstep.model().tree(treeId);
    long inode = pick.inode(tree);
    Name name = xattrName(pick, tree.inodes().get(inode));
    lockstep.ask(
        "getxattr %d inode %d %s".formatted(treeId, inode, name),
        () -> lockstep.openTree(treeId).getxattr(inode, name),
        found ->
            InodeEdit.getxattr(
                new TreeEdit(tree, lockstep.model().now(), i -> false).inode(inode), name),
        (expected, found) -> InodeComparison.equal("value", true, Arrays.equals(expected, found)));
  }

  private static Name xattrName(Pick pick, ModelInode inode) {
    if (inode != null && !inode.xattrs().isEmpty() && !pick.oneIn(5)) {
      return inode.xattrs().at(pick.random().nextInt(inode.xattrs().size())).getKey();
    }
    return xattrName(pick);
  }

  private static Name xattrName(Pick pick) {
    if (pick.oneIn(100)) {
      return pick.oneIn(2) ? Name.of("") : Name.of("user." + "l".repeat(251));
    }
    return pick.oneIn(20)
        ? Name.of("user." + "l".repeat(250))
        : Name.of("user." + pick.random().nextInt(6));
  }

  private static int xattrLength(Pick pick) {
    Random random = pick.random();
    return switch (random.nextInt(20)) {
      case 0 -> 65_536 - random.nextInt(3);
      case 1 -> random.nextInt(65_536);
      case 2 -> pick.oneIn(3) ? 65_537 : 4_000 + random.nextInt(8_000);
      default -> random.nextInt(200);
    };
  }
}
