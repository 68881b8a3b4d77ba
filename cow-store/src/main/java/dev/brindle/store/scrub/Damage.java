package dev.brindle.store.scrub;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is damaged, before it is known whose it is. Bounded: past the bound further damage is only
 * counted.
 */
final class Damage {
  static final int ENTRIES_MAX = 10_000;

  /** Inodes whose items may be below a node that cannot be read; both ends included. */
  record InodeRange(long first, long last, String cause) {
    boolean contains(long inode) {
      return Long.compareUnsigned(inode, first) >= 0 && Long.compareUnsigned(inode, last) <= 0;
    }
  }

  /** By address. */
  private final TreeMap<Long, String> blocks = new TreeMap<>();

  private final List<InodeRange> inodes = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private long more;

  void block(long address, String cause) {
    if (blocks.size() < ENTRIES_MAX) {
      blocks.put(address, cause);
    } else {
      more++;
    }
  }

  void inodes(InodeRange range) {
    if (inodes.size() < ENTRIES_MAX) {
      inodes.add(range);
    } else {
      more++;
    }
  }

  void other(String sentence) {
    if (others.size() < ENTRIES_MAX) {
      others.add(sentence);
    } else {
      more++;
    }
  }

  boolean hasBlocks() {
    return !blocks.isEmpty();
  }

  /** The damaged blocks of a range, by address. */
  Map<Long, String> blocks(long address, int count) {
    return blocks.subMap(address, address + count);
  }

  List<InodeRange> inodes() {
    return inodes;
  }

  /** Sentences on damage that has no file. */
  List<String> others() {
    List<String> all = new ArrayList<>(others);
    if (more > 0) {
      all.add("and " + more + " more places");
    }
    return all;
  }

  boolean isSuspect(long inode) {
    for (InodeRange range : inodes) {
      if (range.contains(inode)) {
        return true;
      }
    }
    return false;
  }
}
