package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.Dirent;
import dev.brindle.daemon.kernel.Wire.EntryOut;
import dev.brindle.store.FileMode;
import dev.brindle.store.Name;

/**
 * Directory entries in an answer's body, up to the room that the kernel gives; what does not fit is
 * asked for again, from the last entry's cookie on, so a directory of any size takes the memory of
 * one answer. In a listing with attributes a {@code fuse_entry_out} stands before each entry.
 */
final class DirectoryListing {
  private static final int TYPE_SHIFT = 12;

  private final Answer answer;
  private final int room;
  private int used;

  DirectoryListing(Answer answer, int room) {
    this.answer = answer;
    this.room = room;
  }

  int used() {
    return used;
  }

  /** Adds an entry without attributes; false when it does not fit. */
  boolean addName(Name name, long inode, int mode, long cookie) {
    int size = size(name);
    if (size > room - used) {
      return false;
    }
    putName(used, name, inode, mode, cookie);
    used += size;
    return true;
  }

  /** Whether an entry with attributes fits. */
  boolean hasRoom(Name name) {
    return EntryOut.BYTES + size(name) <= room - used;
  }

  /** Adds an entry whose attributes are at {@link #used} already. */
  void addPlus(Name name, long inode, int mode, long cookie) {
    putName(used + EntryOut.BYTES, name, inode, mode, cookie);
    used += EntryOut.BYTES + size(name);
  }

  private static int size(Name name) {
    return (Dirent.NAME + name.length() + 7) & ~7;
  }

  private void putName(int at, Name name, long inode, int mode, long cookie) {
    answer.u64(at + Dirent.INODE, inode);
    answer.u64(at + Dirent.COOKIE, cookie);
    answer.u32(at + Dirent.NAME_LENGTH, name.length());
    answer.u32(at + Dirent.TYPE, (mode & FileMode.TYPE_MASK) >>> TYPE_SHIFT);
    answer.put(at + Dirent.NAME, name.bytes());
    answer.zero(at + Dirent.NAME + name.length(), at + size(name));
  }
}
