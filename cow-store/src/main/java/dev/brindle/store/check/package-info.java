/**
 * Walks a whole store and verifies every rule of its design.
 *
 * <p>Versions are taken with parents before children, and each is compared with the one before it:
 * what both share was verified there. So a check costs what the store holds, not what its versions
 * would hold as copies, and every rule is verified for every version, by induction.
 *
 * <pre>
 *   nodes      sound: checksum, order, keys where the parent has them, births not after the
 *              version or the node above                                   StructureWalk
 *   sharing    what a version alone has was born after the one before it, and no other version
 *              has it; what the one before has alone is on the deadlist, with its birth and size,
 *              and nothing else is; bytes referred to are counted right    SpaceRules
 *   items      well-formed, under their own hash, of a known type; entry and reference back for
 *              each name; extents inside the file's range, not overlapping; orphans listed
 *                                                                          TreeRules
 *   inodes     link count = names (a directory's: 2 + directories in it), size of a directory =
 *              entries, blocks = what extents hold, content of the right kind, a way up to the
 *              root from every directory, numbers below the next           InodeRules
 *   records    each record of the index is a node of one tree, and each node has one  NodeOwners
 *   blocks     each extent is inside one segment, the reference-count map says exactly which blocks
 *              are referred to how often, and the log's live maps which at all  BlockOwners
 *   data       on request: every live block has its checksum               DataCheck
 * </pre>
 *
 * <p>Counts over all of a directory or file are verified by how they changed against the version
 * before. A version that is just being deleted has holes: what is left of a leaf is walked from
 * where its deletion stands; one that is deleted into its child is passed over, the child compared
 * with the one before it, and both deadlists taken together.
 *
 * <p>The tables of versions and volumes are verified when the store is opened: a row that is
 * missing or damaged in both of its places keeps it from opening.
 *
 * <h2>Repair</h2>
 *
 * {@link dev.brindle.store.check.Repair} works on a store at rest, in memory, and ends in one
 * checkpoint: a crash before that leaves the store as it was. It changes nothing when the check
 * finds nothing, and refuses when the check, run on what it has in memory, would find no less than
 * before.
 *
 * <ol>
 *   <li><em>Rows that the tables of versions and volumes have lost</em> are made anew, when the
 *       store is opened for it: {@code store.version} says from what.
 *   <li><em>Deletions under way are finished</em> by taking the versions out: what only they had is
 *       found free in step 7.
 *   <li><em>Nodes that cannot be read are left out</em> of every tree that has them; the nodes
 *       above are copied for that, none is changed, since other versions may have them. Versions
 *       come with children before parents:
 *   <li><em>a gap is filled with what later versions show.</em> By (1) and (2) of {@code
 *       store.version}, what a child has and was born up to its parent was in the parent as well. A
 *       leaf of the child's that is so old was the parent's leaf; of a younger one, old extents
 *       were the parent's, at the same place of the same file. So this is no guess. And it must be:
 *       a parent without what its children share with it would have that on its own deadlist, and
 *       its deletion would free what they still need.
 *   <li><em>Items</em>, parents before children, of each version that broke a rule and all under
 *       it. An entry and the reference back say the same, so either gives back the other. Content
 *       whose inode is lost gets a plain one, of root's and closed to others. What has no name left
 *       goes to {@code lost+found} in the root, as {@code #INODE}. Entries to lost inodes go.
 *       Counts are made anew. Numbers for new directories are larger than any in the store.
 *   <li><em>Ownership</em>: a node that is older than the parent and that the parent, now repaired,
 *       has not is replaced by a copy, born in the version.
 *   <li><em>Deadlists, shares, sums and live maps</em> are dropped and made anew from the trees, by
 *       (3) and (4). Records that nothing reaches are freed.
 * </ol>
 *
 * <p>What it does not do: file data that is damaged stays damaged (reading it fails with EIO,
 * {@code check --data} names it), as a hole in its place would be wrong data without a word. Of the
 * redo behind the last checkpoint, what meets damage is left out, and said. What the whole of the
 * index hangs on (the names of its tables, its map of units, the row of the last checkpoint) is not
 * made anew from anything but the index's copies ({@code check --rebuild-index}).
 */
@NullMarked
package dev.brindle.store.check;

import org.jspecify.annotations.NullMarked;
