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
 * <h2>The items of a tree</h2>
 *
 * A key is (inode, type, offset); {@link dev.brindle.store.volume.ItemType} lists the types, and
 * each item has a class that says its bytes. All items of one inode stand together.
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
 * Bytes behind a file's end in its last block are undefined; whoever makes a file longer zeroes
 * them first, in the page that he makes dirty with it.
 *
 * <h2>Locks</h2>
 *
 * In the order in which they are taken: a head's write barrier; the log's append mutex; the log's
 * pin of segments; the {@link dev.brindle.store.volume.Gate}; the head's lock; a file state's
 * monitor; and then, each without another under it, the pending redo, the version tree, the node
 * store, the log's tables.
 */
@NullMarked
package dev.brindle.store.volume;

import org.jspecify.annotations.NullMarked;
