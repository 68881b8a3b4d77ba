package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.tinylog.Logger;

/**
 * Gives a log its last segment back, without which it cannot be opened: a header that is damaged is
 * written anew, since everything in it is known; a file that is cut off gets its length, one that
 * is gone is made empty. Blocks that were lost stay so: what refers to them cannot be read, and the
 * log goes on behind the checkpoint. Of an earlier segment only the header is written anew, without
 * which nothing in it can be read, when the file is plainly in the normal form.
 */
final class HeadRepair {
  private final Disk disk;
  private final SegmentHeader header;
  private final String name;

  private HeadRepair(Disk disk, SegmentHeader header) {
    this.disk = disk;
    this.header = header;
    this.name = LogFormat.segmentName(header.number());
  }

  /**
   * Mends the segment of the checkpoint's position and those behind it; durable when this returns.
   *
   * @param head the number of the first
   * @return what was done, in sentences
   * @throws CorruptStoreException a file is the segment of another place or store
   */
  static List<String> run(Disk disk, StoreId store, int segmentBlocks, long head)
      throws IOException {
    disk.createDirectory(LogFormat.DIRECTORY);
    disk.syncDirectory("");
    TreeSet<Long> numbers = new TreeSet<>(List.of(head));
    for (String file : disk.list(LogFormat.DIRECTORY)) {
      numbers.add(LogFormat.segmentNumber(file));
    }
    List<String> deeds = new ArrayList<>();
    for (long number : numbers.tailSet(1L)) {
      HeadRepair repair = new HeadRepair(disk, SegmentHeader.normal(store, number, segmentBlocks));
      (number < head ? repair.mendEarlier() : repair.mend()).ifPresent(deeds::add);
    }
    return deeds;
  }

  private Optional<String> mendEarlier() throws IOException {
    try (DiskFile file = disk.open(name, OpenMode.READ_WRITE)) {
      if (SegmentHeader.isWhole(file) || !isNormal(file)) {
        return Optional.empty();
      }
      write(file);
    }
    return done("the header of " + name + " was written anew");
  }

  /** A rewritten file is shorter, and has no groups. */
  private boolean isNormal(DiskFile file) throws IOException {
    return file.length() == header.fileBytes()
        && new SegmentScanner(header.store(), header.segmentBlocks())
            .hasGroup(SegmentFile.of(file, header));
  }

  private Optional<String> mend() throws IOException {
    if (!disk.exists(name)) {
      make();
      return done(name + ", the log's last segment, was missing: it was made anew, empty");
    }
    try (DiskFile file = disk.open(name, OpenMode.READ_WRITE)) {
      try {
        SegmentHeader.read(file, header.store(), header.number(), header.segmentBlocks());
        return Optional.empty();
      } catch (CorruptStoreException e) {
        if (SegmentHeader.isWhole(file)) {
          throw e;
        }
      }
      write(file);
    }
    return done("the header of " + name + ", the log's last segment, was written anew");
  }

  private static Optional<String> done(String deed) {
    Logger.warn(deed);
    return Optional.of(deed);
  }

  private void make() throws IOException {
    String temporary = LogFormat.temporaryName(header.number());
    if (disk.exists(temporary)) {
      disk.delete(temporary);
    }
    try (DiskFile file = disk.open(temporary, OpenMode.CREATE)) {
      write(file);
    }
    disk.rename(temporary, name);
    disk.syncDirectory(LogFormat.DIRECTORY);
  }

  private void write(DiskFile file) throws IOException {
    long length = file.length();
    if (length < header.fileBytes()) {
      file.allocate(length, header.fileBytes() - length);
    }
    file.write(0, header.encode());
    file.sync();
  }
}
