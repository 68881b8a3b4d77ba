package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class NumbersTest {
  private static final long INODE_MAX = (1L << 40) - 1;

  @Property
  void nodeNumber_comesApartAsItWasPutTogether(
      @ForAll @IntRange(max = NodeNumber.VIEWS_MAX - 1) int view,
      @ForAll NodeKind kind,
      @ForAll @LongRange(min = 1, max = INODE_MAX) long inode) {
    long node = NodeNumber.pack(view, kind, inode);
    assertTrue(node > 0);
    assertEquals(view, NodeNumber.view(node));
    assertEquals(kind.ordinal(), NodeNumber.kind(node));
    assertEquals(inode, NodeNumber.inode(node));
  }

  @Property
  void shownInode_ofDifferentFiles_isDifferent(
      @ForAll @LongRange(max = (1L << 36) - 1) long id,
      @ForAll @LongRange(min = 1, max = INODE_MAX) long inode,
      @ForAll @LongRange(max = (1L << 36) - 1) long otherId,
      @ForAll @LongRange(min = 1, max = INODE_MAX) long otherInode) {
    boolean same = id == otherId && inode == otherInode;
    long shown = ShownInode.of(id, NodeKind.INODE, inode);
    assertTrue(shown > 0);
    assertEquals(same, shown == ShownInode.of(otherId, NodeKind.INODE, otherInode));
    assertNotEquals(shown, ShownInode.of(id, NodeKind.SNAPSHOTS, inode));
    assertNotEquals(shown, ShownInode.of(id, NodeKind.CLONES, 1));
    assertNotEquals(
        ShownInode.of(id, NodeKind.SNAPSHOTS, inode), ShownInode.of(id, NodeKind.CLONES, 1));
  }

  @Example
  void shownInode_atTheEdgesOfTheForms_isDifferentAndPositive() {
    long[] ids = {0, 1, (1 << 20) - 1, 1 << 20, (1 << 28) - 1, 1 << 28, (1L << 36) - 1, 1L << 36};
    long[] inodes = {1, (1 << 24) - 1, 1 << 24, (1L << 32) - 1, 1L << 32, INODE_MAX};
    java.util.Set<Long> shown = new java.util.HashSet<>();
    for (long id : ids) {
      for (long inode : inodes) {
        assertTrue(shown.add(ShownInode.of(id, NodeKind.INODE, inode)));
        assertTrue(shown.add(ShownInode.of(id, NodeKind.SNAPSHOTS, inode)));
      }
      assertTrue(shown.add(ShownInode.of(id, NodeKind.CLONES, 1)));
    }
    assertTrue(shown.stream().allMatch(number -> number > 0));
  }

  @Example
  void shownInode_ofTheMountedVolume_isTheInode() {
    assertEquals(1, ShownInode.of(0, NodeKind.INODE, 1));
    assertEquals(INODE_MAX, ShownInode.of(0, NodeKind.INODE, INODE_MAX));
  }
}
