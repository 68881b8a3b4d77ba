/**
 * The append-only log: file data and redo records go to its end, and what was freed comes back to
 * the host by deleting and rewriting whole segments.
 *
 * <h2>Addresses</h2>
 *
 * The log is a sequence of segments, numbered from 1; a segment is a file of {@code segmentBlocks}
 * blocks of 4 KiB. The address of a block is {@code segment * segmentBlocks + block}, a u64, so 0
 * is never one. An address is given out once: its block never gets other content, and what is dead
 * never comes to life again. Therefore nothing that is cached by address is ever out of date, and a
 * block moves on the host without a tree having to know.
 *
 * <h2>Files</h2>
 *
 * {@code log/0000000000000001.seg}, with the number in hexadecimal; {@code .tmp} while a file is
 * being made, renamed when it is complete and durable. So a {@code .seg} file always has a sound
 * header, and leftover {@code .tmp} files are deleted at opening. All numbers are big-endian.
 *
 * <pre>
 * normal form                              rewritten form
 * +----------------------------+           +----------------------------+
 * | header block               |           | header block               |
 * +----------------------------+           +----------------------------+
 * | block 0                    |           | kept blocks, run behind    |
 * | block 1                    |           | run (fileBlocks of them)   |
 * | ...  (segmentBlocks)       |           +----------------------------+
 * +----------------------------+           | checksum pages             |
 * | checksum pages, by block   |           +----------------------------+
 * | (written when sealed)      |           | run table pages            |
 * +----------------------------+           +----------------------------+
 *
 * header block       0 magic "BRNDLSEG"        8 version u32       12 kind u32 (1 normal, 2 rewritten)
 *                   16 store id 128            32 segment u64      40 segmentBlocks u32
 *                   44 fileBlocks u32          48 runs u32         52 CRC32C of bytes 0 to 51
 * table page         0 numbers u32 * 1020    4080 segment u64    4088 page u32    4092 CRC32C of the rest
 * checksum table     one CRC32C for each block of the file; 0 for headers and redo
 * run table          start u32, length u32 for each run, ascending; a run's place in the file is the
 *                    sum of the lengths before it. Its pages are numbered on from the checksums'.
 * </pre>
 *
 * A page has its own checksum so that a random read costs one page and not the table. When a page
 * of a normal segment is damaged, the checksums are taken from the group headers instead. In the
 * rewritten form there are no groups: a damaged page costs what it covers, 4 MiB at the most.
 *
 * <h2>Groups</h2>
 *
 * What is appended is a group. It counts only when its header, its data and its redo check out, so
 * one {@code fdatasync} makes data durable together with the metadata that refers to it.
 *
 * <pre>
 * +-------------------+------------------+-------------------------------+
 * | header, 1-2 blocks| data blocks      | redo, padded to blocks; only  |
 * |                   |                  | when it is not in the header  |
 * +-------------------+------------------+-------------------------------+
 *
 * header   0 magic "BRNDLGRP"        8 CRC32C of the header blocks without this field
 *         12 header blocks u16      14 u16: place of the redo (0 behind the data, 1 in the header)
 *                                      + 2 * (1 + groups before it not known to be durable, or 0)
 *         16 store id 128           32 segment u64        40 block in the segment u32
 *         44 data blocks u32        48 incarnation u64    56 incarnation of the group before it u64
 *         64 sequence u64           72 redo bytes u32     76 CRC32C of the redo
 *         80 CRC32C of each data block, then the redo when it fits into the header's last block
 * redo     length u32, bytes; for each element
 * </pre>
 *
 * So an fsync of one block is one write of 8 KiB. Example: in segment 3 at block 5, one block of
 * zeros and the redo element "hello", the first group after an opening:
 *
 * <pre>
 *  0  42524e44 4c475250  BRNDLGRP           40  00000005           block 5
 *  8  5a699d69           CRC32C             44  00000001           one data block
 * 12  0001               one header block   48  00000002 0badcafe  incarnation
 * 14  0001               redo in the header 56  00000001 12345678  that of the group before
 * 16  11111111 11111111  store id           64  00000000 0000002a  sequence 42
 * 24  22222222 22222222                     72  00000009 3923f9b4  redo of 9 bytes, its CRC32C
 * 32  00000000 00000003  segment 3          80  98f94189           CRC32C of 4096 zeros
 *                                           84  00000005 68656c6c 6f  "hello"; then zeros
 * </pre>
 *
 * <h2>Where the log ends</h2>
 *
 * A group that does not fit behind the last one starts the next segment, whose number is one more.
 * A segment's last block has no group, so the log's end always lies inside a segment. Recovery
 * expects the next sequence number, with the incarnation of the last group as the one before it: at
 * the end of the last group, and if it is not there, at the start of the next segment. A sequence
 * number is written in one place only, so at most one of the two is the group; if neither is, the
 * log ends.
 *
 * <p>What a torn tail still holds is never mistaken for a group. Each opening takes a new
 * incarnation (upper half: one more than the last group's; lower half: random, because openings
 * that left no group behind could count to the same number), and each group names the incarnation
 * of the one before it. So after the first group of an opening no group of an earlier one links up
 * any more, even if its sequence number and its place fit. A recycled file's old groups have
 * another segment number.
 *
 * <p>A torn tail is told from rot. Each group says how many of those before it were not known to be
 * durable when it was written; so all before these were, and that stays true whatever happens to
 * the group that says it. When a sound one stands behind the log's end (a crash may leave any part
 * of what was not synced) and says that what should stand there was durable, then that is damaged,
 * or its segment is missing: opening refuses. A last segment that is missing is missed when there
 * is a spare one behind it. A repair goes on without it, and with numbers of groups that are larger
 * than any that is left. Of the last group before a crash nobody can say that it was durable, nor
 * of the groups that were synced with it: if the first of them rots, they pass for torn. That is
 * what was synced last since the last checkpoint, which comes 5 s after a change at the latest;
 * closing a store leaves no tail.
 *
 * <p>A process that was killed leaves groups that are in the host's memory and not on its disk.
 * Recovery reads them; so what it passed is synced with the first sync after it, before anything
 * behind it counts as durable. After a sync that failed the host may take such groups for written
 * that are not (<a href="https://wiki.postgresql.org/wiki/Fsync_Errors">Fsync Errors</a>), and that
 * sync would do nothing for them: so recovery writes each again where it is.
 *
 * <p>Behind the end there are zeros, or what a recycled file had. While small groups are synced one
 * after the other, {@link dev.brindle.store.log.ZerosAhead} writes the zeros, a MiB at a time: a
 * block that was only allocated is one that the host's journal must be told of when it is synced.
 *
 * <p>Long groups go to the disk while more of them come ({@link
 * dev.brindle.store.log.EarlyWriteBack}), so that the sync behind them finds little left to write.
 * It is a hint to the host, and nothing counts on it: durable is what a sync has returned for.
 *
 * <h2>Which checkpoint was the last</h2>
 *
 * When a checkpoint is durable, that is noted in the last block of the segment that is the head
 * then, over the note before it:
 *
 * <pre>
 * note     0 magic "BRNDLCKP"    8 CRC32C, its own field as 0    12 store id 128
 *         28 segment u64        36 checkpoint u64 (the index's number of it)
 * </pre>
 *
 * It is shorter than a sector, and not synced: each sync of the head makes it durable, and a crash
 * that takes it away leaves no less than there was without it. An index that is older than the note
 * says is not the last one, whatever else was lost. The last note is always there to be found: the
 * head of that time is discarded only when a later checkpoint is durable, which has a note of its
 * own in its head. So opening reads a block of each segment from the last one down to the second
 * that has a note: no more than the log's tail has and one. (The first may be a spare, whose groups
 * a crash took and whose note it left; then later ones are in the head before it.) A segment that
 * was rewritten has none, nor has one of a store from before there were notes. A recycled file's
 * old note names another segment.
 *
 * <p>When an older index is taken all the same, knowingly, the segment of its position may have
 * been rewritten or discarded since. Then there is no redo behind the position, and the log goes on
 * in a new segment behind all others.
 *
 * <h2>What may be discarded, and why that is safe</h2>
 *
 * The cleaner may discard a block when all of this holds:
 *
 * <ol>
 *   <li><b>Its segment lies wholly before the position of the last durable checkpoint.</b> Recovery
 *       begins to read groups at that position, so it needs no header and no redo from there; and
 *       all groups of the segment were applied when the checkpoint was frozen, because the freeze
 *       happens under the append mutex. The segment's checksum pages are durable, because the
 *       checkpoint synced the log up to its position before it was committed.
 *   <li><b>It is dead in the live map of that checkpoint.</b> After a crash the trees are those of
 *       the last durable checkpoint plus the groups behind it. The checkpoint's trees refer only to
 *       what its own map calls live (map and trees are frozen at one instant, under the gate), and
 *       later groups refer only to their own data and to what was live before them. Dead never
 *       becomes live again, so this holds for every checkpoint to come, also for one that is being
 *       written just now: whichever of the two a crash leaves, the block is not needed. That a
 *       block is dead <i>now</i> is not enough: a crash goes back to the checkpoint that refers to
 *       it.
 *   <li><b>Nobody is reading it.</b> Readers hold a {@link dev.brindle.store.log.Pin} from the
 *       look-up of an address to the end of the read. A file is replaced or deleted under the
 *       exclusive side; whoever looks up an address after that finds none that was dead before.
 * </ol>
 *
 * A rewritten file is complete and durable under its temporary name before it replaces the old one
 * by a rename. If a crash takes the rename back, the old file is there, which has all of it and
 * more. If it takes a deletion back, the file has a row without live blocks, or none, and is
 * removed at opening or by the next cleaning. A recycled file is renamed to a temporary name, and
 * its directory synced, before a byte of it changes. A damaged block is never copied: that segment
 * stays as it is.
 *
 * <p>A new segment takes a dead one's file, so as many dead ones stay as the log took in the last
 * minute ({@link dev.brindle.store.log.Demand}); the others are deleted one by one, with long
 * pauses while the log grows. A host that tells its disk at once what is free ({@code mount -o
 * discard}) takes 50 ms and more for a segment of 64 MiB, in which it does little else. (128 MiB
 * written, synced and deleted over and over, beside each other: 330 to 480 MiB/s when the cleaner
 * deleted all it found, 770 to 1,020 so.) All are deleted at once when the host's disk is nearly
 * full, when the index finds no room, and when somebody asks for it. What is left when the store is
 * closed stays on the host until it is opened again.
 *
 * <p>A row of the table of segments: data blocks of the file u32, live map, CRC32C of the segment's
 * number (u64) and both; in the first stores, of both alone. A live map: form u8 (0 runs, 1 bits),
 * length u16, then start and end u16 of each run, or the bits. When rows are damaged, all that is
 * in the files of their segments counts as live until a repair says anew what is.
 *
 * <h2>Reading</h2>
 *
 * A block's CRC32C is verified each time it comes from a file; the block cache holds only what was
 * verified or was written by this process. From {@link dev.brindle.store.log.Append#publish} to the
 * end of the write the data is read from the appender's buffers, so there is no moment at which an
 * address that a tree has cannot be read. Whole blocks go from the file straight into the caller's
 * buffer; those of reads of 64 KiB and more leave the cache alone. A long read is verified piece by
 * piece, each while the processor's cache has it; the host, which sees a file read in sequence,
 * reads on meanwhile. Where a read does not go on with another one ({@link
 * dev.brindle.store.log.ReadStreams}), the host would take its pieces for a sequence, too, and read
 * far behind their end; so it is asked for just that range before. (1 MiB at random places, cold,
 * seven times beside each other: the median 366 MiB/s before, 427 so, 624 on the host itself.) What
 * was written in one piece and of which blocks were overwritten since is read in one piece still,
 * past the cache and with the dead blocks in it, which nobody verifies. (128 MiB of which 4,000
 * blocks were overwritten at random, cold, by {@code dd bs=1M}, six times beside each other: 0.58
 * to 0.91 GB/s before, 0.88 to 1.2 GB/s so; 0.94 to 1.4 GB/s where nothing was overwritten.)
 *
 * <h2>A lost last segment</h2>
 *
 * Without the segment of the checkpoint's position there is no place to go on, and the log does not
 * open. A repair gives it that segment back ({@code HeadRepair}): everything in the header of a
 * segment that is not rewritten is known from elsewhere, so a damaged header costs nothing; a file
 * that is gone or cut off is made anew, and its blocks are unreadable, as any damaged block is; so
 * is the directory, when all of it is gone. No address is given out twice by that: what was
 * appended behind the checkpoint is lost with the file, and nothing older refers to it. The damaged
 * header of an earlier segment is written anew as well when the file has the length of the normal
 * form, and a group; nothing of it can be read until then. A rewritten one's is lost, with its
 * data.
 *
 * <h2>Failures</h2>
 *
 * Space is allocated before a segment is used, so a full disk is noticed at {@link
 * dev.brindle.store.log.Log#begin}, before anything changed. The first append or sync that fails
 * poisons the log: no later one succeeds, and reads go on.
 */
@NullMarked
package dev.brindle.store.log;

import org.jspecify.annotations.NullMarked;
