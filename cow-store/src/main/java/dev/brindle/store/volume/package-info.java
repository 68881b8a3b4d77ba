/**
 * What a file tree is made of, and how it changes, becomes durable and comes back after a crash.
 *
 * <h2>From a system call to the disk</h2>
 *
 * <pre>
 *   write ----> FileState: dirty pages of 4 KiB          (bounded; nothing in the tree yet)
 *                  |  Flush: one append to the log for up to 1,024 pages
 *                  v
 *   create, rename ... ----> Change: items of one head's tree, and a redo operation that says
 *                  |                 the same; the operation waits in PendingRedo
 *                  |
 *      fsync ------+------> redo that waits goes to the log, with the data; one fdatasync
 *                  v
 *   Checkpoint: everything in memory becomes the index on disk; redo of before is void
 * </pre>
 *
 * Dirty pages are outside the heap ({@link dev.brindle.store.volume.PageMemory}), and those that
 * stand together are written to the log from where they are. (128 MiB written in pieces of 1 MiB,
 * 15 times over, by {@code jstat -gc}: 21 collections when they were on the heap, 1 so. Beside each
 * other the median of 120 such rounds with an fsync was 133 ms before, and 120 so.)
 *
 * <h2>The items of a tree</h2>
 *
 * A key is (inode, type, offset); {@link dev.brindle.store.volume.ItemType} lists the types, and
 * each item has a class that says its bytes. All items of one inode stand together.
 *
 * <p>An inode's flags are in the half of its mode that was zero before there were any; the first
 * stores read on, as without flags. Two of them say that it has an access control list, which is an
 * extended attribute: so an inode without one costs no look at its attributes, and the operations
 * that a list bears on ({@link dev.brindle.store.volume.AclItems}) change list, flag and mode
 * together. Immutable and append-only inodes are refused here and not above, in the operation that
 * would change them: so neither transport nor a second mount comes in between.
 *
 * <p>An inode without a name is there as long as somebody holds it: that is known in memory alone.
 * Its items outlive that, since they go step by step, or with the next process, and stay in the
 * versions that were frozen meanwhile. So {@link dev.brindle.store.volume.HeadView} and {@link
 * dev.brindle.store.volume.FrozenView} leave it out, and all that others do goes through these.
 *
 * <h2>What a crash leaves</h2>
 *
 * The last checkpoint, and on it the redo operations behind it, in order, up to the first group of
 * the log that is not whole. Each operation is in one group, so it happens wholly or not. From this
 * follow the rules, each with its reason:
 *
 * <ul>
 *   <li><em>Everything that was fsynced is there.</em> {@code fsync} flushes the file's pages
 *       (their extents are items of an operation), writes every operation that waits, whoever made
 *       it, and then syncs the log: what the file depends on came earlier and is in the same
 *       prefix.
 *   <li><em>Names are a prefix of history.</em> Operations enter {@link
 *       dev.brindle.store.volume.PendingRedo} in the order in which they changed the trees (under
 *       the volume's lock, or with the gate held exclusively), and are written in that order.
 *   <li><em>No size without its data, no garbage.</em> A file's size in the tree only grows in the
 *       operation that has the extents of the new bytes, and that operation never reaches the disk
 *       ahead of the group with the bytes: groups are written in order, under one mutex.
 *   <li><em>A redo operation is applied once.</em> Each carries the number of the checkpoint it
 *       came before. One that was made before a checkpoint's freeze may be written behind the log
 *       position of that checkpoint (an {@code fsync} that came while the checkpoint was written
 *       must not wait for it, and cannot know whether it will succeed). Replay skips those: they
 *       are in the index already.
 * </ul>
 *
 * <h2>Why a crash leaves that: what is ordered before what</h2>
 *
 * The host keeps, of what was written and not synced, any part it likes, in any order; of the
 * entries of one directory it keeps a prefix of the changes. All that holds over a crash is
 * therefore held by a checksum, by a rename, or by one of these syncs. For each: what must be
 * durable before what, and what would happen otherwise. {@code SyncTest} counts them, and leaves
 * each out once to see a crash after which something is broken.
 *
 * <ol>
 *   <li><em>fsync, snapshot, clone: one sync of the log's head, before the answer.</em> Data and
 *       redo are one group, and a group counts only when its header, data and redo check out: so
 *       nothing has to be ordered inside it. Groups form a chain (each names the one before it), so
 *       a group that reached the disk ahead of an earlier one that did not is not read. Without the
 *       sync the answer would promise what is in the host's memory alone.
 *   <li><em>Checkpoint: the log, before the journal.</em> The index refers to blocks of the log,
 *       and recovery begins behind the position that the index names. Without it an index could
 *       survive whose data did not. When an fsync has just synced that position there is nothing to
 *       sync, and nothing is.
 *   <li><em>Checkpoint: the journal, before index.db.</em> Without it pages of two checkpoints
 *       could stand side by side in {@code index.db}, and no journal to repair them.
 *   <li><em>Checkpoint: index.db, before the next checkpoint's pages are in the journal.</em>
 *       Opening repeats the last one in the journal and no earlier. The journal's mark, which says
 *       what was applied, is overwritten after that, unsynced: if the old one comes back, the same
 *       pages are written once more.
 *   <li><em>Recovery: the journal, before index.db.</em> What a process left in the host's memory
 *       alone is repeated like what was synced, so it is synced first. Without it a crash of the
 *       host during the recovery could take the record away with a part of its pages in place. The
 *       index's copies would make that good; a full disk leaves none ({@code IndexCrashTest}).
 *   <li><em>A new journal and a new base of the index's copies: the file, and its name, before what
 *       counts on it:</em> a journal before its first record, a base before what it stands for is
 *       deleted. Once for many checkpoints.
 *   <li><em>A new segment: its file, before its name ends in .seg; and that name, before a group in
 *       it.</em> Without the first, recovery could find a last segment without a header; without
 *       the second, the file with fsynced groups in it could be gone. A segment is prepared once
 *       for many thousand fsyncs, mostly in the background, so an fsync stays one sync. When it
 *       fills up, the old head (with its checksum pages) is synced with the new one: two.
 *   <li><em>A recycled segment: its new name, before a byte of it changes.</em> Otherwise the old
 *       name could come back with new content.
 *   <li><em>A rewritten segment: its file, before its name.</em> Otherwise the rename could survive
 *       and the blocks not. The old file is complete until then, and a rename that a crash takes
 *       back does no harm: the sync of the directory behind it (and behind deletions) is there only
 *       to have the space back on the host when {@code reclaim} returns.
 *   <li><em>Creation: everything, before superblock.new; that, before its name; that, before the
 *       answer.</em> A directory with a superblock is a store that opens; one without is none, and
 *       {@code create} goes on with it.
 * </ol>
 *
 * The note of a checkpoint in the log (see there) and the journal's mark are not ordered with
 * anything: both only say what is so already, and what they say stays true.
 *
 * <p>That is all: what happens in memory needs no order on the disk. An operation's redo is pending
 * until a group takes it; a checkpoint's freeze, under the append mutex and the closed gate, sees
 * every operation either whole in the trees and the live maps, or not at all. What dies in a tree
 * is not reused before the checkpoint that says so is durable: nodes because a record's number is
 * free again only in the index that the next checkpoint writes, blocks because an address is given
 * out once and a segment is discarded by the live map of the last durable checkpoint only (the log
 * says why that is enough).
 *
 * <p>Opening a store syncs the directories first: a process that was killed may have left names, of
 * the superblock, of a journal, of segments, that only the host's memory knows.
 *
 * <p>Recovery itself follows the same rules: it reads, repeats the redo in memory, and ends in an
 * ordinary checkpoint. A crash during it finds the same log and the same index, or the new one.
 *
 * <p>Bytes behind a file's end in its last block are undefined; whoever makes a file longer zeroes
 * them first, in the page that he makes dirty with it.
 *
 * <h2>What damage costs</h2>
 *
 * An operation that meets a damaged node is taken back as a whole ({@link
 * dev.brindle.store.volume.Change}) and fails with EIO; others go on. A file whose dirty pages
 * cannot be flushed because its part of the tree is damaged loses them, since the bound on dirty
 * data is everybody's: that is logged, and each later {@code fsync} and write of the file fails
 * until the process ends. A checkpoint leaves such a file out; the snapshot during which it is
 * found fails. A file whose blocks cannot be found any more can be unlinked; they stay taken. Only
 * a failure that leaves memory and disk apart (a write, a sync) makes the store read-only. A
 * checkpoint reads nothing from the disk that it could not do without: the tables of the index are
 * in memory, and a record whose place is overwritten need not be sound.
 *
 * <p>What the store does by itself meets damage, too. One damaged record costs
 *
 * <pre>
 *   list of orphans      the files that are in it stay until a repair; the volume opens, and others
 *                        are unlinked while they are open, and go when they are closed
 *   row of the catalogue nothing, for it is kept twice; lost twice, it takes a repair to open
 *   live map             of that segment nothing is freed any more, until a repair
 *   deadlist             what is on it is not freed, until a repair                 (reaper)
 *   node of a deleted    what is under it is not freed, until a repair             (reaper)
 *     version
 *   block of a segment   the segment is not rewritten any more                     (cleaner)
 *   dirty file's node    the file's dirty data                            (flush, checkpoint)
 * </pre>
 *
 * The log says so when it is met, and {@code status} until the process ends. What cannot be read at
 * the moment, and is not damaged as far as is known, is tried again: a step of the reaper after a
 * minute, a segment at the next cleaning, a checkpoint at the next.
 *
 * <h2>Copies</h2>
 *
 * {@link dev.brindle.store.volume.RangeCopy} copies whole blocks by reference ({@code
 * store.version} says how they are counted) and the ragged rest by bytes; content that stands
 * inline is so small that it is copied too. What is dirty of source and target is flushed first,
 * since only blocks of the log can be shared. The size in the tree grows in the operation that puts
 * the references, as with a flush, and so no dirty page of the target may come before them: a copy
 * that meets one, because somebody writes at the same time, copies a block as bytes and tries
 * again; so does one that meets a dirty page in the source's range. A last block that is a part of
 * one is shared only where it ends the target, for what is behind a file's end is undefined. Redo
 * of a copy follows, as all redo does, the group with the data that it refers to: groups are
 * written in order.
 *
 * <h2>Comparing versions</h2>
 *
 * A diff reads frozen trees, however long its reader takes: of a volume the head is frozen as a
 * version without a name, in the same O(1) way as by a clone, and held, so that the reaper leaves
 * it alone; a snapshot is held like one with an open file. The alternatives were worse: under the
 * head's lock writers would wait for whoever reads the output, and a walk that lets go of the lock
 * now and then tells of no state that ever was. After a crash nobody holds the version, and it goes
 * like any other without a name. It costs what the head copies of its nodes meanwhile.
 *
 * <h2>Locks</h2>
 *
 * In the order in which they are taken: a snapshot's lock, which its users share; a head's write
 * barrier; the log's append mutex; its spare segments; its pin of segments; the {@link
 * dev.brindle.store.volume.Gate}; the head's lock; a file state's monitor; and then, each without
 * another under it, the pending redo, the version tree, the node store, the log's tables. Several
 * heads' locks are taken in the order of the volumes' numbers: by a deletion, by a copy from one
 * volume to another, and by a comparison in a store that is read-only. A copy takes its source's
 * monitor before its target's; with the target's head to itself it meets no other copy there.
 *
 * <p>Each call is thereby as if it happened at one instant, whatever runs beside it; of a listing
 * that is true for a directory that fits one batch, and of a range copy for each of its steps,
 * which end where a block of the source ends. {@code LinearizabilityTest} looks for an order of
 * concurrent calls that explains all answers. A deletion takes all locks of what it deletes before
 * it is decided, so that one that is refused is seen by nobody. Who has found a version by its name
 * deletes or renames it on the condition that it still has it, asked behind the gate.
 *
 * <p>Operations wait for room in memory, for a checkpoint and for the barrier before they take any
 * other lock. There, and nowhere later, they end with EINTR when their caller is gone ({@link
 * dev.brindle.store.CallerThread}).
 *
 * <h2>Under load</h2>
 *
 * Writers may be faster than the disk for hours. What is dirty of files is bounded ({@link
 * dev.brindle.store.volume.DirtyBytes}), what is dirty of trees and the redo that waits, too
 * ({@link dev.brindle.store.volume.Backlog}): operations and flushes wait for a checkpoint, which
 * waits for none of them, only for operations that have begun, and leaves what would make it large
 * to the next one; when all have done so for as long as a checkpoint's interval, the flusher brings
 * it to the log. A flush takes the first dirty pages, so that a file's size in the tree passes
 * none; writers in front of it could keep it for ever. So when as many pages have gone as there
 * were, and some of them are still there, it closes the barrier for the rest, unless somebody has
 * who may wait for it. What one call does to very many extents is many changes.
 */
@NullMarked
package dev.brindle.store.volume;

import org.jspecify.annotations.NullMarked;
