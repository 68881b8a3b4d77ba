/**
 * The copy-on-write store: one directory on the host's file system that holds volumes, their
 * snapshots and their clones. It speaks inode numbers and names, never path strings, and knows
 * nothing of FUSE.
 *
 * <p>This package is what a module above may use; the packages below it are the store's own:
 *
 * <pre>
 *   store          Store, Volume, FileTree: the façade, and every lock's order
 *   store.volume   inodes, dentries, file buffers, extents: what a file tree is made of
 *   store.version  the version tree and its deadlists
 *   store.tree     the copy-on-write B+tree
 *   store.log      segments, groups, block cache: where file data and redo records go
 *   store.index    MapDB records on a volume whose checkpoints are atomic
 *   store.disk     the one interface to the host's files
 *   store.check    walks everything and verifies every rule
 * </pre>
 */
@NullMarked
package dev.brindle.store;

import org.jspecify.annotations.NullMarked;
