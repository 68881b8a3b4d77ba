package dev.brindle.store.model;

import dev.brindle.store.Name;
import java.util.Arrays;
import java.util.Map;

/** A number of 64 bits for all that a model knows: the same for the same, and never met twice. */
final class Fingerprint {
  private long sum = 1;

  private Fingerprint() {}

  static long of(ModelStore.Moment moment) {
    Fingerprint print = new Fingerprint();
    for (Map.Entry<Long, ModelVolume> entry : moment.state().volumes()) {
      ModelVolume volume = entry.getValue();
      print.add(volume.id()).add(volume.name().hashCode()).add(volume.parent());
      print.add(volume.tree());
    }
    for (Map.Entry<Long, ModelSnapshot> entry : moment.state().snapshots()) {
      ModelSnapshot snapshot = entry.getValue();
      print.add(snapshot.version()).add(snapshot.name().hashCode()).add(snapshot.volume());
      print.add(snapshot.tree());
    }
    return print.add(moment.holds().hashCode()).sum;
  }

  private Fingerprint add(long number) {
    sum = (Long.rotateLeft(sum, 23) ^ number) * 0x9e3779b97f4a7c15L;
    sum ^= sum >>> 31;
    return this;
  }

  private void add(TreeState tree) {
    add(tree.inodes().size());
    for (Map.Entry<Long, ModelInode> entry : tree.inodes()) {
      add(entry.getValue());
    }
  }

  private void add(ModelInode inode) {
    add(inode.number()).add(inode.mode()).add(inode.linkCount()).add(inode.parent());
    add(inode.accessTime().hashCode()).add(inode.modificationTime().hashCode());
    add(inode.flags()).add(inode.unnamed() ? 1 : 0);
    add(inode.changeTime().hashCode()).add(inode.birthTime().hashCode());
    for (Map.Entry<Name, Long> entry : inode.entries()) {
      add(entry.getKey().hashCode()).add(entry.getValue());
    }
    add(inode.content().size());
    for (Map.Entry<Long, byte[]> block : inode.content().written()) {
      add(block.getKey()).add(Arrays.hashCode(block.getValue()));
    }
    for (Map.Entry<Name, byte[]> attribute : inode.xattrs()) {
      add(attribute.getKey().hashCode()).add(Arrays.hashCode(attribute.getValue()));
    }
  }
}
