package dev.brindle.store.volume;

import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Composes one redo operation: the number of the checkpoint it comes before, then its records.
 *
 * <pre>
 *   operation:  checkpoint 8 | records
 *   record:     kind 1 | fields, in the order of {@link RedoRecord}
 *   field:      long 8 | int 4 | bytes: length 4, bytes | time: seconds 8, nanos 4
 * </pre>
 *
 * Big-endian. Whole operations are what the log's groups hold and check.
 */
final class RedoWriter {
  static final byte PUT = 1;
  static final byte REMOVE = 2;
  static final byte ALLOCATE = 3;
  static final byte FREE = 4;
  static final byte CREATE_VOLUME = 5;
  static final byte TAKE_SNAPSHOT = 6;
  static final byte CLONE_SNAPSHOT = 7;
  static final byte CLONE_VOLUME = 8;
  static final byte RENAME_VOLUME = 9;
  static final byte RENAME_SNAPSHOT = 10;
  static final byte DELETE_SNAPSHOT = 11;
  static final byte DELETE_VOLUME = 12;
  static final byte FREEZE_HEAD = 13;

  /** In stores of format 2 only. */
  static final byte SHARE = 14;

  private static final int INITIAL_LENGTH = 512;

  private ByteBuffer out = ByteBuffer.allocate(INITIAL_LENGTH);

  /** Clears what was composed, for the next operation. */
  void begin(long checkpoint) {
    out.clear();
    out.putLong(checkpoint);
  }

  /** What was composed, in bytes. */
  int length() {
    return out.position();
  }

  /** Forgets what was composed behind a length; 0 leaves nothing that could be used. */
  void cut(int length) {
    out.position(length);
  }

  byte[] operation() {
    return Arrays.copyOf(out.array(), out.position());
  }

  void put(long version, long high, long offset, byte[] value) {
    room(1 + 8 * 3 + 4 + value.length).put(PUT).putLong(version).putLong(high).putLong(offset);
    out.putInt(value.length).put(value);
  }

  void remove(long version, long high, long offset) {
    room(1 + 8 * 3).put(REMOVE).putLong(version).putLong(high).putLong(offset);
  }

  void allocate(long version, long address, int blocks) {
    room(1 + 8 * 2 + 4).put(ALLOCATE).putLong(version).putLong(address).putInt(blocks);
  }

  void share(long version, long address, int blocks) {
    room(1 + 8 * 2 + 4).put(SHARE).putLong(version).putLong(address).putInt(blocks);
  }

  void free(long version, long address, int blocks, long born) {
    room(1 + 8 * 3 + 4).put(FREE).putLong(version).putLong(address).putInt(blocks).putLong(born);
  }

  /** A record of the catalogue. */
  void write(RedoRecord record) {
    if (record instanceof RedoRecord.CreateVolume r) {
      kind(CREATE_VOLUME).number(r.volume()).number(r.head()).name(r.name()).time(r.time());
    } else if (record instanceof RedoRecord.TakeSnapshot r) {
      kind(TAKE_SNAPSHOT).number(r.volume()).name(r.name()).number(r.newHead()).time(r.time());
    } else if (record instanceof RedoRecord.CloneSnapshot r) {
      kind(CLONE_SNAPSHOT).number(r.snapshot()).number(r.newVolume()).number(r.newHead());
      name(r.name()).time(r.time());
    } else if (record instanceof RedoRecord.CloneVolume r) {
      kind(CLONE_VOLUME).number(r.volume()).number(r.newHead()).number(r.newVolume());
      number(r.cloneHead()).name(r.name()).time(r.time());
    } else if (record instanceof RedoRecord.FreezeHead r) {
      kind(FREEZE_HEAD).number(r.volume()).number(r.newHead()).time(r.time());
    } else if (record instanceof RedoRecord.RenameVolume r) {
      kind(RENAME_VOLUME).number(r.volume()).name(r.name());
    } else if (record instanceof RedoRecord.RenameSnapshot r) {
      kind(RENAME_SNAPSHOT).number(r.version()).name(r.name());
    } else if (record instanceof RedoRecord.DeleteSnapshot r) {
      kind(DELETE_SNAPSHOT).number(r.version());
    } else if (record instanceof RedoRecord.DeleteVolume r) {
      kind(DELETE_VOLUME).number(r.volume()).number(r.clones().ordinal());
    } else {
      throw new IllegalStateException("not a record of the catalogue: " + record);
    }
  }

  private RedoWriter kind(byte kind) {
    room(1).put(kind);
    return this;
  }

  private RedoWriter number(long number) {
    room(8).putLong(number);
    return this;
  }

  private RedoWriter name(Name name) {
    room(4 + name.length()).putInt(name.length()).put(name.bytes());
    return this;
  }

  private RedoWriter time(Timestamp time) {
    room(8 + 4).putLong(time.seconds()).putInt(time.nanos());
    return this;
  }

  private ByteBuffer room(int length) {
    if (out.remaining() < length) {
      int capacity = Math.max(out.capacity() * 2, out.position() + length);
      out = ByteBuffer.allocate(capacity).put(out.flip());
    }
    return out;
  }
}
