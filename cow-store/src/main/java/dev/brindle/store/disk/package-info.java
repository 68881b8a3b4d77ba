/**
 * The one interface between the store and the host's files. Everything the store keeps goes through
 * {@link Disk}, so that a test can put a disk there that loses, tears and refuses.
 *
 * <p>{@link HostDisk} is the host's file system. Its files outlive {@link Thread#interrupt}: the
 * JDK closes a channel under all its users when one of them is interrupted, so an operation that
 * finds its channel closed opens the file again by its present name (the disk follows its own
 * renames), makes sure that it is the same file, and repeats. Reads, writes at a position and syncs
 * can be repeated freely, and what went through the closed channel is in the host's page cache,
 * where a sync through any other channel of the file finds it. Only a file that was deleted, or
 * replaced by a rename, while an interrupt hit its channel cannot be read further; that is an error
 * and never another file's data.
 *
 * <p>{@link PatientDisk} tries reads that failed with EIO again, so that only what stays unreadable
 * is told. {@link OverlayDisk} keeps what is written in memory, so that a store can be looked at,
 * and recovered for that, without a change of its files.
 *
 * <p>Space is reserved by {@code fallocate} on Linux and {@code F_PREALLOCATE} on macOS; a file
 * system without it gets zeros written. That the host may begin to write is said by {@code
 * sync_file_range} on Linux, and elsewhere not at all. Symbolic links in a store are not followed.
 *
 * <p>The C library is called through jnr-ffi, whose own library {@link NativeLibraries} takes from
 * beside the jars, so that no process unpacks code.
 */
@NullMarked
package dev.brindle.store.disk;

import org.jspecify.annotations.NullMarked;
