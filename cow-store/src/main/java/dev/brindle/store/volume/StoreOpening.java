package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileTree;
import dev.brindle.store.StoreId;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.UncleanEnd;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.OverlayDisk;
import dev.brindle.store.disk.PatientDisk;
import dev.brindle.store.index.Index;
import dev.brindle.store.index.IndexRebuilt;
import dev.brindle.store.log.CheckpointNote;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.LogState;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.version.ExtentFinder;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a store is made, opened, and opened for a repair: its files become the parts of one. */
public final class StoreOpening {
  /** What an unfinished creation may have left. */
  private static final Set<String> LEFTOVERS =
      Set.of("lock", "index.db", "checkpoints", "log", "superblock.new");

  private static final Set<String> NOTHING = Set.of("lock");

  private static final int SEGMENT_BLOCKS_SMALL = 1024;
  private static final int SEGMENT_BLOCKS_LARGE = 16_384;

  /** A disk has room for so many segments, unless it is very small. */
  private static final int SEGMENTS_OF_DISK_MIN = 64;

  private StoreOpening() {}

  /**
   * Refuses a disk that no store can be made on; changes nothing.
   *
   * @throws java.nio.file.FileAlreadyExistsException it has one
   * @throws java.nio.file.DirectoryNotEmptyException it has something else than what an earlier
   *     attempt left; also a store that lost its superblock
   */
  public static void refuseUnlessNew(Disk disk) throws IOException {
    if (disk.exists(Superblock.FILE) || Superblock.hasCopy(disk)) {
      throw new java.nio.file.FileAlreadyExistsException("there is a store already");
    }
    Set<String> allowed = Superblock.isAnnounced(disk) ? LEFTOVERS : NOTHING;
    for (String name : disk.list("")) {
      if (!allowed.contains(name)) {
        throw new java.nio.file.DirectoryNotEmptyException(name);
      }
    }
  }

  /** Makes an empty store on a disk, unless {@link #refuseUnlessNew} refuses it. */
  public static void create(Disk host, StoreOptions options) throws IOException {
    Disk disk = new PatientDisk(host);
    refuseUnlessNew(disk);
    if (Superblock.isAnnounced(disk)) {
      removeLeftovers(disk);
    } else {
      Superblock.announce(disk);
    }
    Superblock superblock = Superblock.create(segmentBlocks(disk, options));
    Index index = Index.create(disk, superblock.store());
    Log log =
        Log.create(
            disk, superblock.store(), superblock.segmentBlocks(), options.blockCacheBytesMax());
    StoreTables tables = StoreTables.of(index);
    NodeStore nodes = new NodeStore(index, options.nodeCacheBytesMax());
    try (OpenStore store = assemble(disk, superblock, index, tables, nodes, log, options, 0)) {
      store.checkpoint();
    }
    superblock.write(disk);
    superblock.writeCopy(disk);
  }

  /** Small disks get small segments: one is kept free, and a dead one should come back soon. */
  private static int segmentBlocks(Disk disk, StoreOptions options) throws IOException {
    long blocksOfDisk = disk.totalBytes() / Extent.BLOCK_BYTES;
    int share = (int) Math.min(SEGMENT_BLOCKS_LARGE, blocksOfDisk / SEGMENTS_OF_DISK_MIN);
    return Math.min(options.segmentBlocks(), Math.max(SEGMENT_BLOCKS_SMALL, share));
  }

  private static void removeLeftovers(Disk disk) throws IOException {
    for (String directory : List.of("log", "checkpoints")) {
      if (disk.exists(directory)) {
        for (String name : disk.list(directory)) {
          disk.delete(directory + "/" + name);
        }
      }
    }
    if (disk.exists("index.db")) {
      disk.delete("index.db");
    }
  }

  /**
   * Opens a store: the index of the last checkpoint, the redo behind it, and a checkpoint of the
   * result.
   *
   * @param directory for messages
   * @param end how the process before left it; null when it closed it in order
   */
  public static OpenStore open(
      Disk disk, Path directory, StoreOptions options, @Nullable UncleanEnd end)
      throws IOException {
    OpenStore store = openStill(disk, directory, options, end);
    store.start();
    return store;
  }

  /**
   * Opens a store to be looked at: as {@link #open}, but nothing happens in it by itself, and what
   * opening it writes stays in memory.
   */
  public static OpenStore openForCheck(
      Disk disk, Path directory, StoreOptions options, @Nullable UncleanEnd end)
      throws IOException {
    return openStill(new OverlayDisk(disk), directory, options, end);
  }

  private static OpenStore openStill(
      Disk disk, Path directory, StoreOptions options, @Nullable UncleanEnd end)
      throws IOException {
    return openIndexAndLog(
        disk, directory, options, Purpose.USE, (store, row) -> store.recover(row, end));
  }

  /**
   * Opens a store in which nothing happens by itself, for a repair: rows that its tables have lost
   * are made anew as far as they can be, a lost last segment of the log is replaced, the redo
   * behind the last checkpoint is repeated as far as damage lets it be, and no checkpoint follows.
   */
  public static OpenStore openAtRest(
      Disk disk, Path directory, StoreOptions options, @Nullable UncleanEnd end)
      throws IOException {
    return openIndexAndLog(disk, directory, options, Purpose.REPAIR, OpenStore::recoverWhatFits);
  }

  /** What a store is opened for. */
  private enum Purpose {
    USE,
    REPAIR,
    /** To make an older state than its last one the last. */
    RETURN
  }

  private interface Recovery {
    void run(OpenStore store, CheckpointRow row) throws IOException;
  }

  private static List<String> salvage(Index index, StoreTables tables, NodeStore nodes)
      throws IOException {
    List<String> deeds = new ArrayList<>(tables.mendWhatIsLeft());
    if (!deeds.isEmpty()) {
      deeds.addAll(
          VersionTree.salvage(
              tables.twins(),
              index,
              nodes,
              StoreOpening::findExtent,
              root -> isFileTree(nodes, root)));
    }
    return deeds;
  }

  /** A tree that can be read at its beginning and has a root directory there. */
  private static boolean isFileTree(NodeStore nodes, long root) {
    try {
      long high = ItemType.high(FileTree.ROOT_INODE, ItemType.INODE);
      return new TreeReader(nodes, root).get(high, 0) != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static OpenStore openIndexAndLog(
      Disk host, Path directory, StoreOptions options, Purpose purpose, Recovery recovery)
      throws IOException {
    Disk disk = new PatientDisk(host);
    Superblock superblock = Superblock.read(disk, directory);
    Index index = Index.open(disk, superblock.store(), lastNoted(disk, superblock));
    return openLog(disk, superblock, index, options, purpose, recovery);
  }

  /** The last checkpoint that the log tells of. */
  private static long lastNoted(Disk disk, Superblock superblock) throws IOException {
    return CheckpointNote.newest(disk, superblock.store(), superblock.segmentBlocks());
  }

  private static OpenStore openLog(
      Disk disk,
      Superblock superblock,
      Index index,
      StoreOptions options,
      Purpose purpose,
      Recovery recovery)
      throws IOException {
    try {
      superblock.writeCopy(disk);
      // who wrote the superblock may have been killed before its name was durable
      disk.syncDirectory("");
      StoreTables tables = StoreTables.of(index);
      NodeStore nodes = new NodeStore(index, options.nodeCacheBytesMax());
      List<String> salvaged = List.of();
      if (purpose == Purpose.REPAIR) {
        salvaged = salvage(index, tables, nodes);
      } else {
        tables.mend();
      }
      CheckpointRow row = CheckpointRow.read(tables.checkpoint());
      StoreId id = superblock.store();
      int segmentBlocks = superblock.segmentBlocks();
      List<String> mended =
          purpose == Purpose.REPAIR ? Log.mendHead(disk, id, segmentBlocks, row.log()) : List.of();
      LogState end =
          purpose == Purpose.RETURN
              ? Log.endForOlder(disk, id, segmentBlocks, row.log())
              : row.log();
      Log log =
          Log.open(disk, id, segmentBlocks, options.blockCacheBytesMax(), end, tables.segments());
      try {
        OpenStore store =
            assemble(disk, superblock, index, tables, nodes, log, options, row.number());
        store.setMended(mended, salvaged);
        recovery.run(store, row);
        return store;
      } catch (IOException | RuntimeException | Error e) {
        log.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      index.close();
      throw e;
    }
  }

  /**
   * Makes the index anew from its copies, and the superblock from its own when it is lost. The
   * store is not open; opening it then rolls the log's redo forward, as after a crash.
   *
   * @param directory for messages
   * @param acceptOlder takes an older state when the last is lost; then the redo that follows on it
   *     is repeated, and a checkpoint makes it the newest
   * @throws dev.brindle.store.OlderStateException only an older state can be had; nothing has
   *     changed
   * @throws CorruptStoreException it cannot be done; nothing has changed, unless the log of an
   *     older state is damaged
   */
  public static IndexRebuilt rebuildIndex(Disk host, Path directory, boolean acceptOlder)
      throws IOException {
    Disk disk = new PatientDisk(host);
    Superblock superblock = Superblock.readOrRestore(disk, directory);
    long durable = lastNoted(disk, superblock);
    IndexRebuilt rebuilt = Index.rebuild(disk, superblock.store(), durable, acceptOlder);
    if (rebuilt.older()) {
      Index index = Index.openOlder(disk, superblock.store(), durable);
      StoreOptions options = StoreOptions.defaults();
      openLog(disk, superblock, index, options, Purpose.RETURN, OpenStore::becomeTheNewest)
          .abandon();
    }
    return rebuilt;
  }

  private static OpenStore assemble(
      Disk disk,
      Superblock superblock,
      Index index,
      StoreTables tables,
      NodeStore nodes,
      Log log,
      StoreOptions options,
      long lastCheckpoint)
      throws IOException {
    VersionTree versions =
        VersionTree.load(
            tables.twins(), nodes, log, StoreOpening::findExtent, superblock.segmentBlocks());
    NameHash hash = new NameHash(superblock.hashKey0(), superblock.hashKey1());
    StoreFormat format = new StoreFormat(disk, superblock);
    Engine engine =
        new Engine(disk, index, nodes, versions, log, hash, format, options, lastCheckpoint);
    return new OpenStore(format, index, tables, log, nodes, versions, engine, options);
  }

  /** Tells the version tree which items hold blocks of the log. */
  private static ExtentFinder.@Nullable Blocks findExtent(long high, long offset, byte[] value)
      throws CorruptStoreException {
    if (ItemType.typeOf(high) != ItemType.EXTENT) {
      return null;
    }
    Extent extent = Extent.decode(value);
    return extent.unwritten()
        ? null
        : new ExtentFinder.Blocks(extent.address(), extent.blocks(), extent.born());
  }
}
