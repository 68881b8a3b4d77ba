package dev.brindle.store.model;

import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A place in a file of a store, mostly in a page that is not all zeros. */
record FlippedBit(String file, long bit) {
  private static final int PAGE = 4096;
  private static final long GROUP_MAGIC = 0x42524e444c475250L;

  /** Anywhere; the index as often as two other files. */
  static FlippedBit choose(FaultyDisk disk, Random random) throws IOException {
    List<String> files = new ArrayList<>(List.of("superblock", "index.db", "index.db"));
    for (String directory : List.of("log", "checkpoints")) {
      for (String name : disk.list(directory)) {
        files.add(directory + "/" + name);
      }
    }
    files.removeIf(file -> length(disk, file) == 0);
    return chooseIn(disk, files.get(random.nextInt(files.size())), 0, random);
  }

  private static int length(FaultyDisk disk, String file) {
    try {
      return disk.contents(file).length;
    } catch (IOException e) {
      return 0;
    }
  }

  /** In one of MapDB's pages of the index. */
  static FlippedBit chooseInIndex(FaultyDisk disk, Random random) throws IOException {
    return chooseIn(disk, "index.db", 2 * PAGE, random);
  }

  private static FlippedBit chooseIn(FaultyDisk disk, String file, int from, Random random)
      throws IOException {
    byte[] bytes = disk.contents(file);
    int at = from + random.nextInt(bytes.length - from);
    for (int i = 0; i < 50 && isZero(bytes, at); i++) {
      at = from + random.nextInt(bytes.length - from);
    }
    return new FlippedBit(file, at * 8L + random.nextInt(8));
  }

  static boolean isZero(byte[] bytes, int at) {
    int start = at / PAGE * PAGE;
    for (int i = start; i < Math.min(bytes.length, start + PAGE); i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  boolean isInLog() {
    return file.startsWith("log/");
  }

  /** True for what says where blocks are and what their checksums are: not for data. */
  boolean isTable(FaultyDisk disk) throws IOException {
    ByteBuffer segment = ByteBuffer.wrap(disk.contents(file));
    int block = (int) (bit / 8 / PAGE) - 1;
    boolean groupHeader = block >= 0 && segment.getLong((block + 1) * PAGE) == GROUP_MAGIC;
    return block < 0 || block >= segment.getInt(44) || groupHeader;
  }

  /** A copy of the disk with the bit flipped. */
  FaultyDisk on(FaultyDisk disk) throws IOException {
    FaultyDisk flipped = disk.afterProcessDeath();
    flipped.flipBit(file, bit);
    return flipped;
  }
}
