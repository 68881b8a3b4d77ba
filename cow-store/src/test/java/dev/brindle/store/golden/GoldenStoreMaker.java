package dev.brindle.store.golden;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.volume.Superblock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes the golden store of the newest format version: {@code main DIRECTORY} writes {@code vN.zip}
 * and {@code vN.listing} there. The store is left as a process leaves it that is killed, so that
 * opening it replays a tail of the log.
 */
final class GoldenStoreMaker {
  static final StoreOptions OPTIONS =
      new StoreOptions(8L << 20, 4L << 20, 8L << 20, 3_600_000, 256);

  private static final int FILES = 40;

  private final Store store;

  private GoldenStoreMaker(Store store) {
    this.store = store;
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    String version = "v" + Superblock.FORMAT_VERSION;
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, OPTIONS);
    FaultyDisk left;
    try (Store store = Store.open(disk, OPTIONS)) {
      GoldenStoreMaker maker = new GoldenStoreMaker(store);
      maker.beforeTheCheckpoint();
      store.checkpoint();
      maker.behindTheCheckpoint();
      left = disk.afterProcessDeath();
    }
    try (OutputStream out = Files.newOutputStream(directory.resolve(version + ".zip"))) {
      zip(left, out);
    }
    try (Store store = Store.open(left, OPTIONS)) {
      Files.write(directory.resolve(version + ".listing"), GoldenListing.of(store));
    }
  }

  private static void zip(FaultyDisk disk, OutputStream out) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
      for (String directory : new String[] {"", "log/"}) {
        for (String file : disk.list(directory.replace("/", ""))) {
          if (!file.equals("log") && !file.equals("checkpoints")) {
            zip.putNextEntry(new ZipEntry(directory + file));
            zip.write(disk.contents(directory + file));
            zip.closeEntry();
          }
        }
      }
    }
  }

  private void beforeTheCheckpoint() throws IOException {
    long volume = store.createVolume(name("main"), 1000, 100).id();
    WritableFileTree tree = store.open(volume);
    write(tree, file(tree, "going"), 0, pattern(800_000, 11));
    store.sync();
    fill(tree);
    tree.unlink(ROOT, name("going"));
    store.createSnapshot(volume, name("first"));
    change(tree);
    long large = tree.lookup(ROOT, name("large")).inode();
    tree.copyRange(tree, large, 0, file(tree, "copy"), 0, Long.MAX_VALUE);
    tree.copyRange(tree, large, 40_960, file(tree, "second copy"), 4_096, 100_000);
    long going = store.createSnapshot(volume, name("deleted")).version();
    long clone = store.cloneVolume(volume, name("clone")).id();
    write(store.open(clone), file(store.open(clone), "of the clone"), 0, pattern(9_000, 3));
    store.createSnapshot(clone, name("of the clone"));
    WritableFileTree cloned = store.open(clone);
    cloned.copyRange(tree, large, 0, file(cloned, "copied from the volume"), 8_192, Long.MAX_VALUE);
    tree.unlink(ROOT, name("large"));
    tree.unlink(ROOT, name("second copy"));
    store.deleteSnapshot(going);
    WritableFileTree other = store.open(store.createVolume(name("other"), 0, 0).id());
    file(other, "alone", "another volume");
    store.reclaim();
  }

  private static void fill(WritableFileTree tree) throws IOException {
    long many = directory(tree, "many");
    for (int i = 0; i < FILES; i++) {
      write(tree, file(tree, many, "file " + i), 0, "small file " + i);
    }
    write(tree, file(tree, "large"), 0, pattern(300_000, 1));
    long sparse = file(tree, "sparse");
    for (int i = 0; i < 20; i++) {
      write(tree, sparse, i * i * 10_000L, pattern(5_000, i));
    }
    tree.setattr(sparse, AttributeChange.ofSize(8L << 20));
    long reserved = file(tree, "reserved", "text");
    tree.fallocate(reserved, FallocateMode.ALLOCATE, 0, 100_000);
    tree.setxattr(reserved, name("user.small"), pattern(20, 1), XattrMode.CREATE);
    tree.setxattr(reserved, name("user.large"), pattern(40_000, 2), XattrMode.CREATE);
    tree.link(reserved, many, name("hard link"));
    tree.symlink(ROOT, name("symlink"), pattern(200, 40), 1, 2);
    tree.create(ROOT, name("fifo"), FileMode.FIFO | 0600, 3, 4, 0);
    tree.create(ROOT, name("device"), FileMode.CHARACTER_DEVICE | 0620, 0, 5, 0x501);
    tree.mkdir(many, name("sticky"), 01777, 7, 8);
    tree.create(ROOT, dev.brindle.store.Name.of(new byte[] {-1, -2, 'n'}), 0100600, 1, 1, 0);
  }

  private static void change(WritableFileTree tree) throws IOException {
    long large = tree.lookup(ROOT, name("large")).inode();
    write(tree, large, 100_001, pattern(50_000, 9));
    tree.fallocate(large, FallocateMode.PUNCH_HOLE, 20_000, 40_000);
    long many = tree.lookup(ROOT, name("many")).inode();
    for (int i = 0; i < FILES; i += 3) {
      tree.unlink(many, name("file " + i));
    }
    tree.rename(ROOT, name("symlink"), many, name("file 1"), RenameMode.REPLACE);
  }

  /** What a recovery has to bring back from the log. */
  private void behindTheCheckpoint() throws IOException {
    long volume = store.volume("main").id();
    WritableFileTree tree = store.open(volume);
    long tail = directory(tree, "tail");
    write(tree, file(tree, tail, "extents"), 0, pattern(30_000, 5));
    file(tree, tail, "inline");
    write(tree, tree.lookup(tail, name("inline")).inode(), 0, "in the tree");
    store.createSnapshot(volume, name("in the tail"));
    store.cloneSnapshot(store.snapshots(volume).get(0).version(), name("clone in the tail"));
    store.renameVolume(store.volume("other").id(), name("renamed"));
    tree.setxattr(tail, name("user.tail"), pattern(100, 6), XattrMode.CREATE);
    tree.rename(tail, name("extents"), FileTree.ROOT_INODE, name("sparse"), RenameMode.EXCHANGE);
    tree.unlink(tail, name("inline"));
    long copy = tree.lookup(ROOT, name("copy")).inode();
    tree.copyRange(tree, copy, 0, file(tree, "copy in the tail"), 0, 200_000);
    write(tree, copy, 50_000, pattern(20_000, 8));
    long last = file(tree, "last", "fsynced");
    tree.fsync(last, false);
    file(tree, "never synced", "and yet written: the process died, not the host");
  }
}
