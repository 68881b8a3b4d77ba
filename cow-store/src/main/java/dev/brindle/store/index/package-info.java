/**
 * The store's records and small tables: MapDB on a volume whose checkpoints are atomic.
 *
 * <pre>
 *   Index            the façade: locks, errors, freeze and write
 *   TableTree        a sorted table; its nodes are records
 *   TwinTables       tables of which each row is kept twice
 *   Records          records of any length, cut into units of 8 KiB
 *   AllocationMap    which units are in use: two bits each
 *   (MapDB)          StoreDirect: finds a unit by its number, cuts the volume into units
 *   OwnPages         its header and its table of units, made anew when damaged
 *   JournaledVolume  what MapDB takes for a file
 *   LayeredPages     pages changed in memory over pages on disk; freeze
 *   IndexWriter      a checkpoint: from memory into the journal, from there into index.db
 *   PageFile         index.db: pages of 4 KiB, each with its checksum
 *   IndexFrame       its header and its checksum pages, on which all others hang
 *   Copies           a second copy of every page: what becomes of it, and when
 *   CopySet          its files, in the directory checkpoints, and what they hold
 *   Journal          the pages of each checkpoint, whole or not at all, on their way to index.db
 *   JournalMark      which of them was applied last
 *   JournalScan      finds a journal's records, past damaged ones
 *   CopyRenewal      a new base, when one is due
 *   BaseWriter       all pages in one file, so that older journals can go
 *   CopyVerifier     reads the copies for a scrub
 *   HalfApplied      whether index.db was left between two checkpoints
 *   IndexRebuild     index.db from its copies
 * </pre>
 *
 * <h2>How a checkpoint becomes atomic</h2>
 *
 * A changed page is a copy in memory. {@code freeze} (MapDB's commit, which ends in the volume's
 * {@code sync}) moves the changed pages into the frozen set in one moment, with no change of
 * MapDB's under way. {@code write} then does, in this order:
 *
 * <ol>
 *   <li>reserves the journal's space and that of {@code index.db}'s growth: a full disk shows here,
 *       before anything was overwritten;
 *   <li>appends the frozen pages to the journal and syncs it. From here on the checkpoint holds:
 *       whatever stops the rest, opening repeats it. Without this sync the next step could reach
 *       the disk first, and a crash would leave pages of two checkpoints in {@code index.db};
 *   <li>writes the same pages to their places in {@code index.db} and syncs it. Without this sync
 *       the next checkpoint, of which alone opening knows that it may be missing, could be in the
 *       journal before this one's pages were on disk;
 *   <li>overwrites the journal's mark, which says what was applied last. It needs no sync: when the
 *       old mark comes back after a crash, the same pages are written once more, and nothing newer
 *       is there, for the next record, which is synced before anything newer is applied, is in that
 *       very file.
 * </ol>
 *
 * These are two syncs, and one of a directory when a journal begins, before its first record.
 * Opening syncs the directory, for the name of the last journal may not be durable yet, and an
 * opening that repeats the third step syncs the journal before it, for a process that died may have
 * left it in the host's memory alone.
 *
 * <p>Opening cuts off what stands behind the last whole record and syncs that, so that the rest of
 * an append that a crash interrupted can never complete another one in its place. A torn tail is
 * told from rot: a record is written only when the one before it is in {@code index.db}, so what
 * stands before a sound record, or is of a checkpoint that was applied (the mark says so, and the
 * name of a later journal), was whole once. Of such a journal nothing is cut off, and nothing is
 * appended to it. Its last record, if that is whole, is repeated like any other: that needs the
 * checkpoint before it in {@code index.db}, and no other record. A last record that rots before it
 * was applied looks like a torn tail and is one: nobody was told that its checkpoint is durable.
 *
 * <p>One that rots when it is half applied has left pages of two checkpoints. Nothing that came
 * later depends on it, so {@code index.db} goes back to the checkpoint before it, whose pages are
 * all among the copies. Without a base they are not; then what is sound of the record is applied,
 * and the page that is not costs what is in it. Half applied is what has a page of the record, or
 * the new header and not all of its pages.
 *
 * <p>A full disk during the first two steps puts the pages back among the frozen ones, and the next
 * freeze merges over them. Once the journal is complete it is not written again before its pages
 * are in {@code index.db}: a write that fails in the third step is taken up there by the next. Any
 * other failure of a write or sync is final, for no one knows what the host still holds; reading
 * goes on.
 *
 * <h2>Copies</h2>
 *
 * Each page's new content is written to a journal anyway; so a journal is kept once it is applied,
 * and all of them from the first checkpoint on would be a second copy of the index. They stand in a
 * directory of their own: losing everything called {@code index.*} loses nothing.
 *
 * <pre>
 *   checkpoints/20.base       all pages as of checkpoint 20
 *   checkpoints/20.journal    what checkpoints 21, 22, ... changed
 *   checkpoints/superblock    a copy of the store's superblock, written by {@code store.volume}
 * </pre>
 *
 * When the journals hold more than the index does (but 16 MiB at least, and no more than 1/256 of
 * the disk), a new journal and a new base begin. The base is read from {@code index.db}, page by
 * verified page, while checkpoints go on, and rests as long as it works. It need not be of one
 * checkpoint: a page that changes after the new journal began is in that journal, which is kept, so
 * either content will do. Reading the old base and journals instead would read twice as much and
 * give the same bytes, since each page that is read has the checksum its checksum page has for it;
 * one that has not is mended first. The base is written to {@code N.base.new}, synced, renamed, the
 * directory synced; only then the older base and journals go. A crash leaves the old base with both
 * journals, or the new one. The base that each store begins with is empty and has no file.
 *
 * <p>What it costs: no sync more, a base's bytes for as many bytes of journals (so at most half as
 * much again as a checkpoint's two writes), and space: a base, journals up to the length of the
 * index, and a second base while it is written, so two to three times the index.
 *
 * <p>Measured on two cores that had other work: 100,000 files of 2 KB made with 50 checkpoints, an
 * index of 385 MiB: 17 % more bytes written in all (1,122 MiB for 959), checkpoints as fast within
 * the noise (580 ms, 550 without), copies of 388 MiB. The lost index made anew in 5 s.
 *
 * <p>What it gives:
 *
 * <ul>
 *   <li>A page of {@code index.db} whose checksum is wrong, or which the disk cannot read, is read
 *       from the newest image that has the right one, logged, and written back. So are its header
 *       and checksum pages at open. A page that has no sound image either goes into the next base
 *       as one that is damaged, so that it does not keep the others from being copied.
 *   <li>{@link Index#rebuild} writes all images into a new file, oldest first, verifies each page
 *       against its checksum page, syncs, renames. It is the last checkpoint, exactly; what the log
 *       has behind it is rolled forward as after a crash.
 * </ul>
 *
 * <p>The copies are given up, and the journal is overwritten by each checkpoint, while the disk has
 * no room for the next one: a deletion's checkpoint comes before a second copy. The next base ends
 * that. One is due as well when a copy is found damaged, by opening or by a scrub, and with an
 * index of format 1; until it is there, what is sound is kept and journals go on behind it. An
 * index that is newer than its copies (format 1 was there meanwhile) makes them worthless.
 *
 * <h2>Nothing older passes for the last</h2>
 *
 * Which checkpoint was the last is known from the mark of each journal, the names of journals and
 * bases (each begins behind a checkpoint that was applied), and from the log, in whose head each
 * checkpoint is noted once it is durable ({@code store.log}). An {@code index.db} that is older is
 * refused, and so are copies that are whole only up to an older one. What is left can be taken
 * knowingly: the state of the last checkpoint from the base on behind which none is missing, and
 * the redo that came before the next one. (Behind that, redo does not follow on it: a checkpoint
 * makes void what was not in the log by then.) A checkpoint of a new number, larger than any that
 * was known, makes that the newest state.
 *
 * <h2>A disk that cannot read</h2>
 *
 * A page that cannot be read, again and again, and has no copy is to whoever needs it as if it were
 * damaged, and to nobody else: checkpoints go on, and a base gets a gap in its place. But it may be
 * there. So nothing is written to that place but the bytes that it had by its checksum, copies that
 * cannot be read are never replaced by such a gap, and no repair goes on after such a read. A
 * journal whose end cannot be read keeps the index from being opened, since it may hold the last
 * checkpoint.
 *
 * <h2>index.db</h2>
 *
 * Pages of 4 KiB, integers big-endian:
 *
 * <pre>
 *   page 0        header
 *   page 1        checksums of the 1,023 pages behind it       \  group 0
 *   pages 2..1024 MapDB's pages 0..1022                        /
 *   page 1025     checksums of the 1,023 pages behind it       \  group 1
 *   pages 1026..  MapDB's pages 1023..2045                     /
 *
 *   header   +----------+---------+-----+----------+------------+-------+------+-------
 *            | magic  8 | version | CRC | store id | checkpoint | pages | root | zeros
 *            |          |       4 |   4 |       16 |          8 |     8 |    4 |
 *            +----------+---------+-----+----------+------------+-------+------+-------
 *   checksum page   | CRC of the rest of this page 4 | CRC of each page behind it 4 * 1,023 |
 * </pre>
 *
 * A page's checksum is its CRC32C mixed with its place, so a page that strayed is seen too; 0
 * stands for a page that was never written and reads as zeros. The header's {@code root} is the
 * CRC32C over the first field of all checksum pages, verified at open: an {@code index.db} that is
 * not one checkpoint's whole image is never taken for one, even when its journal is lost. Pages are
 * verified whenever they are read from disk.
 *
 * <h2>Journals and bases</h2>
 *
 * A journal is a page that begins with the mark, and records; a base is one record.
 *
 * <pre>
 *   mark     magic 8, version 4, CRC 4, store id 16, checkpoint that was applied last 8
 *
 *   record   header page   magic 8, version 4, CRC 4 (of header and table), store id 16,
 *                          checkpoint 8, page count 4
 *            table         for each page: place in index.db (in pages) 4, checksum 4;
 *                          padded to whole pages
 *            pages         4 KiB each
 * </pre>
 *
 * The mark is shorter than a sector and so is never torn. Format 1 had one record at a time, in
 * {@code index.journal}, whose header was overwritten when it was applied; when such a file is
 * there at open it is repeated if it is whole and not older than the index, and deleted.
 *
 * <h2>Units</h2>
 *
 * MapDB's own free lists are not used: they take new space from the end of the file whenever a list
 * grows (160 bytes, never given to another list), cut the alignment of everything behind that, and
 * space once freed serves records of the same rounded size only. So all of MapDB's records are
 * units of 8,192 bytes and are never deleted. Units therefore lie on page borders (writing one
 * touches two pages and reads none), a unit freed serves any record, and the file grows to the
 * largest number of units ever in use at one time, and no further.
 *
 * <pre>
 *   unit        | kind 1 | length 3 | payload 8,188 |
 *   record      one unit; or a head unit whose payload begins with the numbers (8 bytes each) of
 *               the units that hold the rest
 *   map unit    unit 1 + n * 32,720: | units made so far 8 (in unit 1 only) | two bits for each of 32,720 units |
 *   catalogue   the record in unit 2: for each table its name and the number of its root node
 * </pre>
 *
 * A unit counts as in use from its first put to its delete; what {@code allocate} handed out and no
 * put ever followed is known in memory alone. The map is written by freeze, so a crash gives back
 * every number handed out and not put by then: none leaks, and none needs a sweep.
 *
 * <p>So MapDB's own pages follow from the number of units, and need no copy: one that is damaged is
 * made anew by having MapDB make as many units again in memory, and verified by its checksum, as
 * any image from elsewhere is.
 *
 * <p>A record of several units whose head is damaged can be overwritten and deleted like any other;
 * the rest of its units stay taken until a repair, which knows them from all other records' heads.
 *
 * <p>Tables are B+trees of this package and not MapDB's, which keeps emptied nodes for ever. Their
 * nodes stay in memory once they were read, some megabytes in a store of ten thousand snapshots:
 * each checkpoint changes some, and none must fail because a page rots under an open store. Opening
 * it again reads them from the disk, and mends them from their second rows.
 */
@NullMarked
package dev.brindle.store.index;

import org.jspecify.annotations.NullMarked;
