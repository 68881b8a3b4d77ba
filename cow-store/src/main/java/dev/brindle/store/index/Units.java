package dev.brindle.store.index;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import org.mapdb.CC;
import org.mapdb.DBException;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.Serializer;
import org.mapdb.StoreDirect;
import org.mapdb.volume.Volume;
import org.mapdb.volume.VolumeFactory;

/** MapDB's store, used for records of one size: units, numbered from 1, that are never deleted. */
final class Units {
  private static final int CONCURRENCY_SHIFT = CC.STORE_DIRECT_CONC_SHIFT;

  private final StoreDirect store;

  /**
   * @param made whether the volume holds a store already
   */
  Units(Volume volume, boolean made) throws IOException {
    try {
      this.store =
          new StoreDirect(
              null,
              VolumeFactory.wrap(volume, made),
              false,
              0,
              true,
              CONCURRENCY_SHIFT,
              CC.PAGE_SIZE,
              0,
              false,
              false,
              false,
              false,
              false,
              false);
    } catch (DBException | IndexOutOfBoundsException e) {
      throw unwrapped(e);
    }
  }

  /** Reads a unit: header and payload. */
  byte[] read(long id) throws IOException {
    try {
      byte[] unit = store.get(id, WholeUnit.INSTANCE);
      if (unit == null) {
        throw new CorruptStoreException(PageFormat.INDEX_FILE, -1, "unit " + id + " is empty");
      }
      return unit;
    } catch (DBException | IndexOutOfBoundsException e) {
      throw unwrapped(e);
    }
  }

  void write(long id, byte[] unit) throws IOException {
    try {
      store.update(id, unit, WholeUnit.INSTANCE);
    } catch (DBException | IndexOutOfBoundsException e) {
      throw unwrapped(e);
    }
  }

  /** Makes the next unit and returns its number, which is one more than the last one's. */
  long make(byte[] unit) throws IOException {
    try {
      return store.put(unit, WholeUnit.INSTANCE);
    } catch (DBException | IndexOutOfBoundsException e) {
      throw unwrapped(e);
    }
  }

  /** Ends in the volume's {@code sync}. */
  void commit() {
    store.commit();
  }

  /**
   * What went wrong below MapDB, or what MapDB found wrong: by a check of its own, or when a number
   * on a page led it out of its tables.
   */
  private static IOException unwrapped(RuntimeException e) {
    if (e.getCause() instanceof IOException cause) {
      return cause;
    }
    IOException corrupt =
        new CorruptStoreException(PageFormat.INDEX_FILE, -1, String.valueOf(e.getMessage()));
    corrupt.initCause(e);
    return corrupt;
  }

  private static final class WholeUnit implements Serializer<byte[]> {
    static final WholeUnit INSTANCE = new WholeUnit();

    @Override
    public void serialize(DataOutput2 out, byte[] unit) throws IOException {
      out.write(unit);
    }

    @Override
    public byte[] deserialize(DataInput2 in, int available) throws IOException {
      if (available != UnitFormat.UNIT_BYTES) {
        throw new CorruptStoreException(
            PageFormat.INDEX_FILE, -1, "a unit has " + available + " bytes");
      }
      byte[] whole = in.internalByteArray();
      if (whole != null && whole.length == available && in.getPos() == 0) {
        return whole;
      }
      byte[] unit = new byte[available];
      in.readFully(unit);
      return unit;
    }
  }
}
