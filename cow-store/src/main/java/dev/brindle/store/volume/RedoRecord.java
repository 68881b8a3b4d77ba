package dev.brindle.store.volume;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;

/** One change that a redo operation repeats after a crash. */
sealed interface RedoRecord {
  /** An item of a head's tree was put. */
  record Put(long version, long high, long offset, byte[] value) implements RedoRecord {}

  /** An item of a head's tree was removed. */
  record Remove(long version, long high, long offset) implements RedoRecord {}

  /** Blocks of the log came into use, in a head. */
  record Allocate(long version, long address, int blocks) implements RedoRecord {}

  /** A head refers once more to blocks that are in use: a copy by reference. */
  record Share(long version, long address, int blocks) implements RedoRecord {}

  /** A head no longer refers to blocks. */
  record Free(long version, long address, int blocks, long born) implements RedoRecord {}

  record CreateVolume(long volume, long head, Name name, Timestamp time) implements RedoRecord {}

  record TakeSnapshot(long volume, Name name, long newHead, Timestamp time) implements RedoRecord {}

  record CloneSnapshot(long snapshot, long newVolume, long newHead, Name name, Timestamp time)
      implements RedoRecord {}

  /** A live head was frozen without a name, and a clone begun there. */
  record CloneVolume(
      long volume, long newHead, long newVolume, long cloneHead, Name name, Timestamp time)
      implements RedoRecord {}

  /** A live head was frozen without a name, for somebody who is gone after a crash. */
  record FreezeHead(long volume, long newHead, Timestamp time) implements RedoRecord {}

  record RenameVolume(long volume, Name name) implements RedoRecord {}

  record RenameSnapshot(long version, Name name) implements RedoRecord {}

  record DeleteSnapshot(long version) implements RedoRecord {}

  /** A volume was deleted; on disk the disposition is its constant's ordinal. */
  record DeleteVolume(long volume, CloneDisposition clones) implements RedoRecord {}
}
