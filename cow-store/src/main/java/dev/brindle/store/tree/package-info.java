/**
 * The copy-on-write B+tree that every version has one of, and the cache of its nodes.
 *
 * <h2>Trees</h2>
 *
 * A key is two numbers, {@code (high, offset)}, unsigned, compared in this order; a value is bytes.
 * Leaves (level 0) hold items, the nodes above hold for each child the smallest key that the child
 * may hold, its id and its born number. The first child's key is (0,0) whatever node it is in: so a
 * key that is smaller than all others needs no change above the leaf. A node is named by the id of
 * its record in the index; root 0 is the empty tree. No node is empty.
 *
 * <p>A node is split when its encoded form is longer than one unit of the index holds. Behind a run
 * of ascending inserts, before a run of descending ones, the part that nothing more will come into
 * stays nine tenths full; else both halves are equal. A node that falls below a third is merged
 * with a neighbour, if both fill no more than seven eighths. An item that is longer than a node (an
 * extended attribute of 64 KiB) stands in a leaf of its own, with as long a record as it needs.
 *
 * <h2>Born</h2>
 *
 * {@link dev.brindle.store.tree.Ownership#owns}: a head may change a node in place when it was born
 * after the head's parent; any other node it copies on the way down, and releases. New nodes are
 * born in the version of the head only if they are roots. All others take their parent's number,
 * which is the same or, when the parent is older and yet owned because the versions between were
 * deleted, one that stands for the same: no version lies between them that could tell. So a child
 * is never younger than its parent, and what hangs below a node that is not owned is not owned
 * either: {@link dev.brindle.store.tree.OwnedWalk} passes by such subtrees unread.
 *
 * <h2>Who may change a node's object, and who may read it</h2>
 *
 * Time is cut into epochs by {@link dev.brindle.store.tree.NodeStore#freeze}, which runs while
 * nobody changes any tree. A {@link dev.brindle.store.tree.TreeNode} object is changed only in the
 * epoch in which it was made and only by the tree of the version it was made by; its maker may
 * otherwise still change the <em>node</em>, but does so in a new object of the same id. Hence:
 *
 * <ul>
 *   <li><b>The checkpoint's thread</b> writes objects of an epoch that has ended. Nobody changes
 *       them any more, and it sees all changes, since the gate that froze them came after those.
 *   <li><b>Clean objects</b>, decoded from a record, belong to no epoch. They are never changed,
 *       also when the node is: a reader that still holds one, or a thread that puts one into the
 *       cache late, does no harm, since changed nodes are looked for before clean ones, and
 *       settling a changed node replaces the clean one.
 *   <li><b>Readers of a snapshot</b> take no lock. When the snapshot was made (in exclusion of
 *       every writer), the head became another version: no object that its tree reaches is its
 *       maker's to change any more, not even those of the present epoch. Nor do they meet a node
 *       that a head owns: what a head shares with a snapshot it has from its parent, and so it is
 *       no younger than that. A snapshot's node becomes a head's own in one way only, when the
 *       snapshot is deleted, and no version is deleted while it is read. A reader that is late all
 *       the same finds records missing, but no object that changes under its hands, since the head
 *       is not the maker of any.
 *   <li><b>Readers of a head</b> hold the volume's lock, shared, and its writer holds it alone.
 *   <li><b>Writers of other volumes</b> meet each other's nodes only where both share them, so that
 *       neither owns them: they are read, and copied.
 * </ul>
 *
 * {@link dev.brindle.store.tree.NodeStore} itself may be called by any thread. A node is looked for
 * among the changed, the frozen, the clean, the records, in this order, and moves between them in
 * the other direction only: it is put where it goes to before it leaves where it was.
 *
 * <h2>Freed nodes</h2>
 *
 * A freed node is dropped at once. Its record is deleted by the next checkpoint, so that the one
 * before it stays whole on the disk; its id is given out again after that. This holds for an id
 * that has no record yet as well.
 *
 * <h2>Format of a node</h2>
 *
 * Numbers are big-endian, or of one to nine bytes ({@code v}, see {@link
 * dev.brindle.store.tree.Varint}).
 *
 * <pre>
 *   0       4  magic: 'B' 'T' 'N', format version 1
 *   4       1  level
 *   5       2  count of entries
 *   7       8  the node's own id
 *   15      8  born
 *   23      .  entries
 *   end-4   4  CRC32C of everything before it
 *
 *   leaf entry:       | high v | offset v | length v | value           |
 *   interior entry:   | high v | offset v | child id 8 | child born 8  |
 * </pre>
 *
 * A key is encoded as what it adds to the key before it, the first to (0,0): {@code high} as the
 * difference; {@code offset} as the difference when {@code high} is the same, else as it is. Ids
 * and born numbers of children have a fixed size, so that copying a child never makes its parent
 * grow.
 *
 * <p>A leaf with the items (1280, 0) = "ab" and (1280, 4096) = "c":
 *
 * <pre>
 *   42 54 4e 01 | 00 | 00 02 | 00 00 00 00 00 00 00 09 | 00 00 00 00 00 00 00 03
 *   85 00  00     02  61 62        high + 1280, offset 0,      2 bytes
 *   00     90 00  01  63           high + 0,    offset + 4096, 1 byte
 *   crc crc crc crc
 * </pre>
 *
 * A node is refused as damaged when anything in it is not as it would have been written: checksum,
 * own id, order of the keys, a child younger than its parent, a number longer than it need be. The
 * error names {@code index.db} and the record.
 */
@NullMarked
package dev.brindle.store.tree;

import org.jspecify.annotations.NullMarked;
