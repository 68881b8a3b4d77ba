/**
 * The transport that speaks the kernel's FUSE protocol itself, on {@code /dev/fuse}, through
 * jnr-ffi; Linux only. It serves the same {@link dev.brindle.namespace.InodeFileSystem} as the one
 * through libfuse 2, and can what protocol 7.19 cannot.
 *
 * <h2>A request's way</h2>
 *
 * <pre>
 *   KernelMount   mount(2) by root, Fusermount for others: a Device
 *   Negotiation   the first request: what kernel and daemon agree on
 *   Worker        a thread: read(2) of a Device into its own memory, behind Polling
 *   Request       header and body, read in place
 *   Dispatcher    stands around the operation: Throwable -> Faults -> errno
 *   *Operations   Request -> InodeFileSystem -> Answer
 *   Answer        header and body in one piece of memory, sent by one write(2)
 * </pre>
 *
 * <p>{@link dev.brindle.daemon.kernel.Wire} is the only place that knows where a structure's
 * members stand. A request and its answer look like this, in the processor's byte order:
 *
 * <pre>
 *    0      4       8                16               24     28     32     36     40
 *   +------+-------+----------------+----------------+------+------+------+------+--------
 *   | len  | opcode| unique         | node           | uid  | gid  | pid  |      | body ...
 *   +------+-------+----------------+----------------+------+------+------+------+--------
 *   | len  | -errno| unique         | body ...          (a notification: code, unique 0)
 *   +------+-------+----------------+-----------
 *
 *   rename of a to b, node 5 -> 6:    34 00 00 00  0c 00 00 00  unique  05 .. (8)  ids (16)
 *                                     06 .. (8)  'a' 00 'b' 00          (len is 52 = 40 + 8 + 4)
 * </pre>
 *
 * <h2>What is agreed on</h2>
 *
 * From protocol 7.31 on. Of what the kernel offers are taken: requests of 1 MiB (MAX_PAGES), reads
 * of half as much; open and truncate in one (ATOMIC_O_TRUNC); listing with attributes where the
 * kernel expects a use of them (READDIRPLUS_AUTO); parallel lookups and listings in one directory
 * (PARALLEL_DIROPS); parallel reads and direct I/O (ASYNC_READ, ASYNC_DIO); targets of symlinks in
 * the page cache (CACHE_SYMLINKS); HANDLE_KILLPRIV_V2, without which each write is preceded by a
 * question for {@code security.capability} ({@link dev.brindle.daemon.kernel.Privileges}); access
 * control lists, which the kernel asks for as extended attributes, keeps and obeys (POSIX_ACL), and
 * with them the umask, which a directory's default list takes the place of (DONT_MASK), and the
 * flag that a list set by who is not in the group takes set-gid away (SETXATTR_EXT).
 *
 * <p>Of direct I/O (ASYNC_DIO) the kernel sends the parts of one call at the same time, and after
 * an asynchronous one no FSYNC: parts of an append wait for those before them ({@link
 * dev.brindle.daemon.kernel.DirectAppends}), and a write with O_DSYNC is synced before its answer.
 *
 * <p>How far is read ahead is not the protocol's to say; where root mounts, {@link
 * dev.brindle.daemon.host.ReadAhead} does.
 *
 * <p>Not taken: NO_OPEN_SUPPORT (a write-open in a snapshot must fail with EROFS at once, and a
 * file is held by its handle); NO_OPENDIR_SUPPORT (it makes the kernel keep listings, also those of
 * {@code .snapshots}); locks (the kernel's own do); splicing (the data are in the process's memory
 * on either side); AUTO_INVAL_DATA (the kernel would ask for the attributes before the first read
 * after each write, and drop all pages of the file since its time is another: what others change it
 * is told).
 *
 * <h2>Writes that the kernel keeps</h2>
 *
 * WRITEBACK_CACHE is taken for a mount that is alone with its volume ({@code --cache=alone}), from
 * Linux 6.16 on. The kernel then acknowledges a write when it is in its pages, and hands on many
 * together: when the file is closed or synced, after half a minute, or when it is told to. It is
 * the authority on size and times of the regular files that it knows, and believes no answer about
 * them as long as it knows the file. Hence:
 *
 * <ul>
 *   <li>What comes from its pages changes no times; those follow with a {@code setattr} that says
 *       the change time, too. When the data still wait for their flush, the time is noted with
 *       them, and costs no change of the tree.
 *   <li>An appending write goes where the kernel says. It also reads by handles that only write, to
 *       fill pages up.
 *   <li>What it keeps is asked for before a snapshot or clone is taken, before a file is renamed
 *       that is open for writing (a file that replaces another is whole), and before SEEK_DATA and
 *       SEEK_HOLE: by invalidating the file, which waits until its pages are written. Other workers
 *       take these writes. Before Linux 6.16 it does not wait for a page that was on its way
 *       already, and a snapshot could miss it: so older kernels write through.
 *   <li>What came before a snapshot or clone has the present as its time there: the kernel tells
 *       the right one later, and the one before would make the new data look old.
 *   <li>A disk that is full refuses what the program believes to have written. It is told so at
 *       {@code fsync} and {@code close}, as on NFS; nothing is reserved beforehand, since what a
 *       write takes is not known before it is laid out.
 *   <li>So is a write to a file that was made immutable while it was open ({@code chattr +i}): what
 *       was written before that is handed on first, and what comes after it is EPERM there.
 *   <li>After the daemon died, what was neither synced nor closed may be missing, as after a crash
 *       of the machine.
 *   <li>What another mount makes of a file's size would go unseen while the kernel knows the file,
 *       and an append then overwrite it. So another mount that shows the same volume is refused.
 *   <li>It costs a request more for each rename, link and unlink of a regular file, with its change
 *       time, and one for each file that was written.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * As with libfuse there is one worker more than requests in work, except where they are brief
 * ({@link dev.brindle.daemon.serve.WorkerSession}). Descriptors are cloned (FUSE_DEV_IOC_CLONE), a
 * pair for each processor, up to eight: one that waits and one that is polled ({@link
 * dev.brindle.daemon.kernel.Polling}).
 *
 * <p>A read or {@code fsync} may wait for the disk. One worker serves these alone, too, as long as
 * no request was there already when the one before had been answered ({@link
 * dev.brindle.daemon.kernel.Crowd}); the stand-in looks after it.
 *
 * <p>Polling spares the waking of the worker. The other half of a request's time is the waking of
 * the program that waits for the answer, on a processor that went to sleep meanwhile. So while
 * requests follow each other closely ({@link dev.brindle.daemon.kernel.Pace}), a daemon of root
 * asks the kernel for processors that wake without delay ({@link
 * dev.brindle.daemon.host.WakeupLatency}), and takes that back some milliseconds after the last of
 * them.
 *
 * <h2>Interrupts</h2>
 *
 * The kernel says once that a caller has got a signal, and not which. {@link
 * dev.brindle.daemon.kernel.Interrupts} looks whether that is the thread's end, and looks again as
 * long as the request is under way. Then an operation that waits for its turn (for room in memory,
 * a checkpoint, a snapshot that holds writers back) ends with EINTR before it has changed anything
 * ({@link dev.brindle.store.CallerThread}); {@code fsync} and what makes or deletes snapshots and
 * clones is answered at once and goes on; anything else is done to its end, because the kernel, and
 * whoever writes next, takes what is refused for undone. Other signals end nothing.
 *
 * <h2>What the kernel remembers</h2>
 *
 * Names, the absence of names and attributes for ten minutes ({@link
 * dev.brindle.daemon.transport.CachingOptions#lasting}); a listing until an opening finds that its
 * directory has changed; pages, over closes too, until another mount changes the file. What this
 * mount has written the kernel has in its pages, but the next opening to read has it forget those
 * of a small file, and the first of a large one, so that a read comes and is noted as an access.
 * {@link dev.brindle.daemon.serve.LookupCounts} counts what the kernel knows and forgets; {@link
 * dev.brindle.daemon.serve.RemovedNodes} has what it knows and has no name any more. What it does
 * itself it knows; what another mount changes it is told of:
 *
 * <pre>
 *   another mount's Namespace -> ChangeFeed -> Namespace -> Invalidations   notes it, and returns
 *                                                                |
 *                                             the session's thread, by Notifier
 *                                                                |
 *         a name             INVAL_ENTRY       the next use looks it up
 *         attributes         INVAL_INODE, -1   the next use asks
 *         bytes, a listing   INVAL_INODE, 0    and reads
 * </pre>
 *
 * <p>The news comes a moment after the change was acknowledged; only an open is exact, which knows
 * before that what is to be forgotten ({@link dev.brindle.daemon.serve.OpenedFiles}). An answer
 * with the old state may be on its way meanwhile. The kernel heeds it no more: attributes have a
 * version there, to drop a name takes the lock of its directory, which a lookup holds until its
 * answer has come, and a name that was looked up again is dropped all the same. Only a directory's
 * name that expires (Linux 6.2) may be overtaken so, which the ten minutes bound.
 *
 * <p>No message makes a size smaller that the kernel believes: the first open after another mount
 * has set one has the kernel look the name up ({@link dev.brindle.daemon.serve.ForeignCuts}).
 *
 * <p>An inode that the kernel does not have yet has no such version. So a lookup first counts its
 * node as known, and then asks whether anything was changed since it began: if so, its attributes
 * are believed for no time; if not, what changes later is passed on, and again and again as long as
 * the kernel, which is yet to take the answer, does not have the inode. The answer to a change of
 * its own the kernel takes for the newest state, so attributes that changed a moment ago are
 * believed for a second. And where it renames it moves the inode that it believes to have that
 * name: so where another mount shows the volume, too, it looks the new name up again.
 *
 * <p>Not remembered are names in {@code .snapshots} and {@code .clones}, which the command line
 * changes too, and their attributes. For a second only: modes of directories in snapshots, which
 * narrow with the volume's, and the attributes of what was changed a moment ago: a file's space is
 * not counted before it is laid out.
 */
@NullMarked
package dev.brindle.daemon.kernel;

import org.jspecify.annotations.NullMarked;
