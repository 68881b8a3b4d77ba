package dev.brindle.namespace;

import dev.brindle.store.FileTree;

/** A node number taken apart: an inode of a view, or a virtual directory that stands there. */
record Node(View view, NodeKind kind, long inode) {
  long number() {
    return NodeNumber.pack(view.index(), kind, inode);
  }

  /** The inode number that {@code stat} shows. */
  long shownInode() {
    return ShownInode.of(view.shownId(), kind, inode);
  }

  boolean isVirtual() {
    return kind != NodeKind.INODE;
  }

  boolean isRoot() {
    return kind == NodeKind.INODE && inode == FileTree.ROOT_INODE;
  }

  /** Another inode of the same view. */
  Node sibling(long otherInode) {
    return new Node(view, NodeKind.INODE, otherInode);
  }

  /** The virtual directory of a kind in this directory. */
  Node virtual(NodeKind virtualKind) {
    return new Node(view, virtualKind, inode);
  }

  /** The directory that a virtual directory stands in. */
  Node host() {
    return new Node(view, NodeKind.INODE, inode);
  }
}
