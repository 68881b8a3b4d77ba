/**
 * The transport through libfuse 2 (macFUSE on macOS), called through jnr-ffi, with jnr-fuse's
 * structures. The only package that knows either.
 *
 * <h2>Which of libfuse's two interfaces</h2>
 *
 * The low-level one, whose operations name inodes, as {@link
 * dev.brindle.namespace.InodeFileSystem}'s do, and not the path-based one that jnr-fuse wraps.
 * Measured on the latter with {@code hard_remove}: {@code fstat}, {@code fchmod} and (without
 * {@code flag_nullpath_ok}) {@code read} of an open file that was unlinked fail with ENOENT,
 * because the kernel asks by inode and libfuse has no path for it any more; without {@code
 * hard_remove} an unlink is a rename to {@code .fuse_hidden...}, visible, and a rename over an open
 * file is not atomic. Neither is a file system that programs can trust. The low-level interface is
 * in the same library; with it there is no table of paths, no walk of lookups for each operation,
 * names are the kernel's bytes, times carry "now" and "omit" as bits, and what the kernel remembers
 * can be taken back.
 *
 * <h2>A request's way</h2>
 *
 * <pre>
 *   Worker       a Java thread: fuse_session_receive_buf into its own native buffer
 *   libfuse      fuse_session_process_buf parses the header and calls the operation's closure
 *   Dispatcher   stands around the operation: Throwable -> Faults -> errno
 *   Operations   arguments -> InodeFileSystem; names and data are read from the buffer in place
 *   Reply        the answer's structure in native memory -> fuse_reply_*
 * </pre>
 *
 * Threads are Java's, not those of {@code fuse_session_loop_mt}: they have names, need not be
 * attached to the virtual machine for each start, and are never cancelled while in Java. {@code
 * fuse_main} is not used either: no signal handlers, no unmount at exit, no success before an
 * answer; and a failing mount tells itself from a failing loop.
 *
 * <h2>What the kernel remembers</h2>
 *
 * See {@link dev.brindle.daemon.transport.CachingOptions} for names and attributes. Pages stay over
 * a close when the file is unchanged at the next open, or that is only to write ({@link
 * dev.brindle.daemon.serve.OpenedFiles}): that is close-to-open consistency between mounts, with
 * {@link dev.brindle.daemon.serve.ForeignCuts} for the size. Protocol 7.19 has no writeback cache:
 * a write has reached the file system when it returns, except through a shared mapping.
 */
@NullMarked
package dev.brindle.daemon.libfuse;

import org.jspecify.annotations.NullMarked;
