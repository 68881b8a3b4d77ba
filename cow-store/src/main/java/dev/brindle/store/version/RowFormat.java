package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import org.jspecify.annotations.Nullable;

/** Encodes and decodes the catalogue's rows. The package's comment shows the formats. */
final class RowFormat {
  /** The only key of the table of counters. */
  static final long COUNTERS_KEY = 0;

  private RowFormat() {}

  /**
   * @param nextNumber the first number that is no version's and no volume's
   * @param nextList the first number that is no deadlist's and no bucket's
   * @param spaceRoot the root node of the tree of deadlists and shares
   */
  record Counters(long nextNumber, long nextList, long spaceRoot) {}

  /** A volume's row; the parent is 0 for a volume at the top. */
  record VolumeRow(long id, Name name, long parent, long head, long origin, Timestamp created) {}

  static byte[] encode(Counters counters) {
    return new RowWriter()
        .number(counters.nextNumber)
        .number(counters.nextList)
        .number(counters.spaceRoot)
        .finishWithChecksum(COUNTERS_KEY);
  }

  static Counters decodeCounters(byte[] bytes) throws CorruptStoreException {
    RowReader row = RowReader.withChecksum("the row of counters", COUNTERS_KEY, bytes);
    Counters counters = new Counters(row.number(), row.number(), row.number());
    row.finish();
    return counters;
  }

  static byte[] encode(VolumeEntry volume) {
    VolumeEntry parent = volume.parent;
    return encode(
        new VolumeRow(
            volume.id,
            volume.name,
            parent == null ? 0 : parent.id,
            volume.head.id(),
            volume.origin,
            volume.created));
  }

  static byte[] encode(VolumeRow volume) {
    RowWriter row = new RowWriter().string(volume.name.bytes());
    row.number(volume.parent).number(volume.head).number(volume.origin);
    return writeTime(row, volume.created).finishWithChecksum(volume.id);
  }

  static VolumeRow decodeVolume(long id, byte[] bytes) throws CorruptStoreException {
    RowReader row = RowReader.withChecksum("the row of volume " + id, id, bytes);
    Name name = Name.of(row.string());
    VolumeRow volume =
        new VolumeRow(id, name, row.number(), row.number(), row.number(), readTime(row));
    row.finish();
    return volume;
  }

  static byte[] encode(VersionRow version) {
    Name name = version.name();
    RowWriter row = new RowWriter().number(version.parent()).number(version.volume());
    row.number(version.state().code()).string(name == null ? new byte[0] : name.bytes());
    writeTime(row, version.created());
    row.number(version.root()).number(version.nextInode()).number(version.inodes());
    row.number(version.referBytes()).number(version.deadBytes());
    row.number(version.list()).number(version.mergedList());
    row.number(version.cursor().high()).number(version.cursor().offset());
    return row.finishWithChecksum(version.id());
  }

  static VersionRow decodeVersion(long id, byte[] bytes) throws CorruptStoreException {
    RowReader row = RowReader.withChecksum("the row of version " + id, id, bytes);
    long parent = row.number();
    long volume = row.number();
    VersionState state = state(row);
    byte[] name = row.string();
    if ((state == VersionState.SNAPSHOT) != (name.length != 0)) {
      throw row.broken("has a name of " + name.length + " bytes and is a " + state);
    }
    VersionRow version =
        new VersionRow(
            id,
            parent,
            volume,
            state,
            name.length == 0 ? null : Name.of(name),
            readTime(row),
            row.number(),
            row.number(),
            row.number(),
            row.number(),
            row.number(),
            row.number(),
            row.number(),
            new OwnedSpace.Cursor(row.number(), row.number()));
    row.finish();
    return version;
  }

  private static VersionState state(RowReader row) throws CorruptStoreException {
    long code = row.number();
    @Nullable VersionState state = VersionState.ofCode((int) Math.min(code, Integer.MAX_VALUE));
    if (state == null) {
      throw row.broken("has the unknown state " + code);
    }
    return state;
  }

  private static RowWriter writeTime(RowWriter row, Timestamp time) {
    return row.signed(time.seconds()).number(time.nanos());
  }

  private static Timestamp readTime(RowReader row) throws CorruptStoreException {
    return new Timestamp(row.signed(), (int) row.number());
  }
}
