package dev.brindle.store.volume;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads what {@link RedoWriter} composed. */
final class RedoReader {
  private final ByteBuffer in;
  private final long checkpoint;

  /**
   * @throws CorruptStoreException the operation is too short
   */
  RedoReader(byte[] operation) throws CorruptStoreException {
    this.in = ByteBuffer.wrap(operation);
    if (operation.length < Long.BYTES) {
      throw damaged("an operation of " + operation.length + " bytes");
    }
    this.checkpoint = in.getLong();
  }

  /** The checkpoint that the operation came before. */
  long checkpoint() {
    return checkpoint;
  }

  /** The next record; null at the end. */
  @Nullable RedoRecord next() throws CorruptStoreException {
    if (!in.hasRemaining()) {
      return null;
    }
    try {
      return record(in.get());
    } catch (BufferUnderflowException e) {
      throw damaged("a record is cut off at byte " + in.position());
    }
  }

  private RedoRecord record(byte kind) throws CorruptStoreException {
    return switch (kind) {
      case RedoWriter.PUT -> new RedoRecord.Put(in.getLong(), in.getLong(), in.getLong(), bytes());
      case RedoWriter.REMOVE -> new RedoRecord.Remove(in.getLong(), in.getLong(), in.getLong());
      case RedoWriter.ALLOCATE -> new RedoRecord.Allocate(in.getLong(), in.getLong(), in.getInt());
      case RedoWriter.SHARE -> new RedoRecord.Share(in.getLong(), in.getLong(), in.getInt());
      case RedoWriter.FREE ->
          new RedoRecord.Free(in.getLong(), in.getLong(), in.getInt(), in.getLong());
      case RedoWriter.CREATE_VOLUME ->
          new RedoRecord.CreateVolume(in.getLong(), in.getLong(), name(), time());
      case RedoWriter.TAKE_SNAPSHOT ->
          new RedoRecord.TakeSnapshot(in.getLong(), name(), in.getLong(), time());
      case RedoWriter.CLONE_SNAPSHOT ->
          new RedoRecord.CloneSnapshot(in.getLong(), in.getLong(), in.getLong(), name(), time());
      case RedoWriter.CLONE_VOLUME ->
          new RedoRecord.CloneVolume(
              in.getLong(), in.getLong(), in.getLong(), in.getLong(), name(), time());
      case RedoWriter.FREEZE_HEAD -> new RedoRecord.FreezeHead(in.getLong(), in.getLong(), time());
      case RedoWriter.RENAME_VOLUME -> new RedoRecord.RenameVolume(in.getLong(), name());
      case RedoWriter.RENAME_SNAPSHOT -> new RedoRecord.RenameSnapshot(in.getLong(), name());
      case RedoWriter.DELETE_SNAPSHOT -> new RedoRecord.DeleteSnapshot(in.getLong());
      case RedoWriter.DELETE_VOLUME ->
          new RedoRecord.DeleteVolume(in.getLong(), disposition(in.getLong()));
      default -> throw damaged("a record of the unknown kind " + kind);
    };
  }

  private byte[] bytes() throws CorruptStoreException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw damaged("a length of " + length + " at byte " + in.position());
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private Name name() throws CorruptStoreException {
    return Name.of(bytes());
  }

  private static CloneDisposition disposition(long ordinal) throws CorruptStoreException {
    CloneDisposition[] all = CloneDisposition.values();
    if (ordinal < 0 || ordinal >= all.length) {
      throw damaged("the unknown disposition " + ordinal);
    }
    return all[(int) ordinal];
  }

  private Timestamp time() {
    return new Timestamp(in.getLong(), in.getInt());
  }

  private static CorruptStoreException damaged(String what) {
    return new CorruptStoreException("log", -1, "redo operation: " + what);
  }
}
