package dev.brindle.store.model;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.util.Map;

/**
 * A whole file tree of the model at one moment, immutable.
 *
 * @param highestInode the largest number given out so far; none is given twice
 */
record TreeState(PersistentMap<Long, ModelInode> inodes, long highestInode) {
  /** The tree of a new volume. */
  static TreeState empty(int uid, int gid, ModelTime now) {
    ModelInode root =
        ModelInode.fresh(FileTree.ROOT_INODE, FileMode.DIRECTORY | 0755, uid, gid, now)
            .withParent(FileTree.ROOT_INODE);
    return new TreeState(
        PersistentMap.<Long, ModelInode>empty().with(root.number(), root), root.number());
  }

  TreeState with(ModelInode inode) {
    return new TreeState(
        inodes.with(inode.number(), inode), Math.max(highestInode, inode.number()));
  }

  TreeState without(long inode) {
    return new TreeState(inodes.without(inode), highestInode);
  }

  /** As after a crash: numbers past this one and those of its inodes may be given out once more. */
  TreeState givenOutTo(long highest) {
    return new TreeState(inodes, Math.max(highest, inodes.last().getKey()));
  }

  /** As {@link #givenOutTo}, when it is not known that more were given out than this. */
  TreeState givenOutToAtMost(long highest) {
    return givenOutTo(Math.min(highest, highestInode));
  }

  /** What a snapshot, a clone or a reopened store shows: inodes without a name are gone. */
  TreeState withoutOrphans() {
    TreeState result = this;
    for (Map.Entry<Long, ModelInode> entry : inodes) {
      if (entry.getValue().linkCount() == 0) {
        result = result.without(entry.getKey());
      }
    }
    return result;
  }

  /** The path of an inode's first name, for messages. */
  String path(long inode) {
    if (inode == FileTree.ROOT_INODE) {
      return "/";
    }
    for (Map.Entry<Long, ModelInode> directory : inodes) {
      for (Map.Entry<Name, Long> entry : directory.getValue().entries()) {
        if (entry.getValue() == inode) {
          String parent = path(directory.getKey());
          return (parent.equals("/") ? "" : parent) + "/" + entry.getKey();
        }
      }
    }
    return "(inode " + inode + ", unlinked)";
  }
}
