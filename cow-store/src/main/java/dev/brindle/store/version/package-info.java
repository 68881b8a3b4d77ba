/**
 * The version tree, its deadlists and the catalogue of names.
 *
 * <p>A version is a volume's head, a snapshot, or one of either without a name. R(v) is what
 * version v refers to: the nodes of its tree and the blocks of its extents. Each of these was
 * <i>born</i> in a version, the head that wrote it. Numbers grow from parent to child, and p(v) is
 * v's parent. Then
 *
 * <pre>
 *   (1)  x in R(v) and born(x) &gt; p(v)   =&gt;  x was born on the way from p(v) to v, so it is
 *                                              in no version but v and those under v
 *   (2)  x in R(v) and born(x) &lt;= p(v)  =&gt;  x in R(p(v)): it was there already at p(v), and
 *                                              what a head has given up never comes back
 *   (3)  D(v) = R(p(v)) minus R(v), the deadlist of v
 * </pre>
 *
 * <p>hold when a version is made: a new head has its parent's tree and an empty deadlist. A head
 * keeps them: what it writes is born in it; what it gives up it frees when {@code born > p(v)}, by
 * (1), for a head has no children; else it is in R(p(v)) by (2), and goes on D(v).
 *
 * <h2>Deletion</h2>
 *
 * <p>A version s without a name, with parent p (0 for none, and R(0) is empty):
 *
 * <ul>
 *   <li><b>No child.</b> What is in R(s) and born after p is in no other version, by (1): it is
 *       freed by a walk over s's tree that passes by what was born earlier. D(s) is thrown away:
 *       its entries are still in R(p), and on nobody else's account.
 *   <li><b>One child c.</b> What only s has is R(s) without R(p) and without R of anything under s.
 *       All that is under s is c or under c, and has of R(s) at most what c has, by (2): a chain of
 *       versions hands R(s) down and only ever loses of it. So it is R(s) minus R(c), that is D(c),
 *       without R(p). An entry x of D(c) is in R(s); if born(x) &lt;= p it is in R(p) by (2), and
 *       if born(x) &gt; p it is not, by (1) for s. Hence: exactly the entries of D(c) with {@code
 *       born > p} are freed. Then c moves under p, and D(c) must become R(p) minus R(c). That is
 *       R(p) minus R(s), which is D(s), together with what of R(p) is in R(s) and not in R(c),
 *       which is the rest of D(c). The two are disjoint, and D(s) has nothing of R(c): what c has
 *       and was born up to p is in R(s). So D(c) becomes D(s) plus the rest of D(c). (1) and (2)
 *       hold for c under p, by the same steps, and nothing changed for any other version; by
 *       induction they hold after any number of deletions, in any order. Births in versions that
 *       are gone keep their meaning: they lie between the same two neighbours on the way as before.
 *   <li><b>Several children, or held.</b> It stays, as a nameless branching point, until one or
 *       none is left, and nobody reads it (as a diff of a live volume does). Other branches do not
 *       matter to the above: a sibling of s has of R(s) only what p has.
 * </ul>
 *
 * <p>The reaper does this in short steps, each consistent with any checkpoint: what it frees and
 * what it takes off a deadlist, and how far its walk has come, are in memory at the same moment and
 * are frozen at the same moment. After a crash it goes on from there; what it did later never
 * happened. It takes one version at a time to its end. While s is half freed into c, R(s) has
 * holes, but only the reaper could look: were c to go first, s would become a leaf and be walked. A
 * head c may give up, meanwhile, what was born between p and s: only s has it too, so it is freed
 * at once.
 *
 * <h2>Sharing</h2>
 *
 * <p>A copy by reference makes a head refer once more to blocks that some version refers to. What
 * versions refer to, and hand on and lose, are therefore not blocks but <i>references</i> to them:
 * R(v) is a set of references, and each belongs to one act of a head, a write or a copy, in which
 * it was born. A copy's reference is born in the head that copies, whatever the age of the block.
 * So (1), (2), (3) and all of the above hold as they stand, with as many copies as one likes,
 * within a volume, from a snapshot or from another volume; and in whatever order versions go, each
 * reference is freed once. References to the same block with the same birth need not be told apart:
 * any of them does for the others. But a deadlist can hold several of them, so it counts.
 *
 * <p>Then a block is alive as long as it has a reference. The <i>reference-count map</i> says how
 * many it has beyond the first, and has no row for one without such:
 *
 * <pre>
 *   (4)  references to block b in all R(v) together, each counted once however many versions have
 *        it  =  1 + map(b),  when there is one; the block is dead when there is none
 * </pre>
 *
 * <p>A copy adds 1 to map(b), in the same operation that puts the extent. Freeing a reference, be
 * it at once, from a deadlist or by a walk, takes 1 from map(b), and when there is no row frees the
 * block. That a block is shared cannot be said in the extents that refer to it: those of snapshots
 * do not change. It is said by segment, in memory, so that where nothing is shared nothing is
 * looked up. The map is part of the tree of deadlists, frozen with it and with the live maps. The
 * redo of a copy is a record by itself, and repeating it counts again; operations that a checkpoint
 * holds are not repeated.
 *
 * <p>The one who copies sees to it that the reference he copies stays meanwhile: he has the lock of
 * the head it is read from, or the snapshot's use. Copies count among the sums as what is written
 * anew: they are sums of references. What a deletion gives back to the host is less where blocks
 * have references elsewhere.
 *
 * <h2>Sums</h2>
 *
 * <p>refer(v) = |R(v)| is counted. written(v) = |R(v) minus R(p)| = refer(v) - refer(p) + |D(v)|,
 * by (2) and (3). What deleting v alone frees: with one child the bytes of D(c) born after p; with
 * several nothing; a leaf's is written(v), and if that leaves a nameless parent with one child,
 * what that one's deletion frees. Figures are of the tree as it will be when the reaper is done.
 *
 * <h2>Deadlists</h2>
 *
 * <p>A list consists of buckets, one for each birth, so that sums over births and the entries born
 * after a version are ranges. Lists and buckets have numbers of their own, so that a list changes
 * its version, and a bucket its list, by one row. All are in one B+tree of {@link
 * dev.brindle.store.tree}, of which only the nodes in use are in memory, and which packs small
 * buckets tightly. Its keys are two numbers, its values varints:
 *
 * <pre>
 *   list   &lt;&lt; 2 | 0, birth    -&gt;  bucket, entries, bytes
 *   bucket &lt;&lt; 2 | 1, address  -&gt;  blocks, count    ranges of one segment that touch and have
 *                                                the same count are one row; a count of 1 is not
 *                                                written
 *   bucket &lt;&lt; 2 | 2, node id  -&gt;  bytes
 *             3, address  -&gt;  blocks, count    the reference-count map, in the same form
 * </pre>
 *
 * <p>Counts, and so the map, are of format 2. A store becomes one of format 2 with its first copy
 * by reference; without any it stays one that an older Brindle reads.
 *
 * <p>A version that is deleted into its child leaves the child with two lists: that moment has to
 * be short. The reaper merges them afterwards, row by row, the smaller into the larger.
 *
 * <h2>Rows</h2>
 *
 * <p>Three tables of the index. Numbers are varints (seven bits a byte, lowest first; signed ones
 * folded), a name is its length and its bytes, a time is seconds (signed) and nanoseconds. A row
 * ends with the CRC32C (big-endian; of format 1 little-endian) of its key (eight bytes,
 * little-endian) and its fields.
 *
 * <pre>
 *   versions  id -&gt; parent, volume, state, name, created,
 *                   root node, next inode, inodes, refer bytes,
 *                   bytes of deadlists, list, list to merge, cursor (two numbers)
 *   volumes   id -&gt; name, parent volume, head, origin, created
 *   counters   0 -&gt; next number of a version or volume, next of a list or bucket,
 *                   root node of the tree of deadlists and shares
 * </pre>
 *
 * <p>0 stands for none. State is 1 head, 2 snapshot, 3 nameless, and while the reaper is at it 4
 * freeing the tree (up to the cursor), 5 throwing the deadlist away, 6 freeing into the child. A
 * version of state 4 or above has a tree, or a deadlist under it, that is partly freed: nobody but
 * the reaper may look at it.
 *
 * <h2>Damage</h2>
 *
 * <p>Each row is kept twice ({@link dev.brindle.store.index.TwinTables}), so damage in one place
 * costs nothing. Rows that are lost in both keep the store from opening, and a repair makes anew
 * what it can of them:
 *
 * <ul>
 *   <li><em>A version's number</em> is known from its children, from the volume whose head it is,
 *       or from the birth of its root. <em>Its root</em> is the node of that birth that no other
 *       node leads to, or an older one that all its children come after; when there is none, a
 *       child that has changed nothing has the same. <em>Its parent</em> is the youngest version of
 *       which (2) holds. Without a root it is given up: its children come after an older one, found
 *       in the same way; a volume whose head it was goes on from its newest snapshot.
 *   <li><em>A volume</em> is known from its head and its snapshots; it stands at the top. Names
 *       that are lost become {@code recovered-NUMBER}; a lost version that has children becomes a
 *       snapshot of that name, since nobody knows whether it had one.
 *   <li><em>Counters</em> are larger than all numbers in use; the deadlists are made anew from the
 *       trees, as in every repair.
 * </ul>
 *
 * What does not obey every rule after that is refused, and nothing is changed.
 *
 * <p>A change to a deadlist that cannot read a node is taken back whole. What a damaged list does
 * not take stays off it, and one that the reaper cannot read to its end is given up: its version
 * goes on with an empty one. A deadlist that lacks entries only ever frees less, so this costs
 * space, until a repair makes all lists anew from the trees, and nothing else: the store is written
 * to, other versions are freed. The status says what was given up since the store was opened; later
 * the check still finds it.
 */
@NullMarked
package dev.brindle.store.version;

import org.jspecify.annotations.NullMarked;
