/**
 * The namespace of a mounted volume: its files, and what is not in any tree but shows at every
 * mount: the hidden {@code .snapshots} of each directory and the {@code .clones} of each root.
 *
 * <pre>
 *            InodeFileSystem            what a transport calls: nodes, names, handles
 *                  |
 *              Namespace                sends each call to where its node belongs
 *             /    |     \    \
 *            /     |      \    Changes -- ChangeFeed    what the mounts tell each other
 *    HandleTable  Layout  ViewTable     open files; what stands where; which trees there are
 *                /   |  \        \
 *   VirtualNames     |   SnapshotPermissions
 *             VirtualDirectory    View -- FileTree, WritableFileTree
 *              /           \        \
 *   SnapshotDirectory  CloneDirectory \
 *                \          /          |
 *                 VersionedStore ------+        StoreAdapter: the real one
 * </pre>
 *
 * <p>A mount is a forest of <em>views</em>, each one file tree: the mounted volume, and each
 * snapshot and clone that somebody looked into. Between the views stand virtual directories, whose
 * entries are roots, or for {@code DIR/.snapshots} the directory itself, in other views:
 *
 * <pre>
 *   view 0: the volume            view: snapshot s          view: clone c
 *   /  ................ .snapshots/s -> /
 *   |  ................ .clones/c ---------------------------> /
 *   |                                 |  .clones/c ----------> / (the same)
 *   +- DIR ............ .snapshots/s -> DIR                 |
 *      +- f                           +- f                  +- DIR ... .snapshots/...
 * </pre>
 *
 * <p>Nothing about the catalogue is remembered here but the index of a view, so a snapshot that
 * another mount or the command line makes, renames or deletes is so here at once. {@link
 * dev.brindle.namespace.NodeNumber} and {@link dev.brindle.namespace.ShownInode} draw the two kinds
 * of numbers that an inode has: one for the transport, one for {@code stat}.
 *
 * <p>There is no lock: views and handles are in concurrent maps, everything else is in the store. A
 * virtual directory that was looked up may find the snapshot gone in its next step; that is ENOENT
 * or ESTALE, as in any file system whose entries others remove.
 *
 * <p>Decisions that users see, error codes among them, are in the module's {@code README.md}.
 */
@NullMarked
package dev.brindle.namespace;

import org.jspecify.annotations.NullMarked;
