package dev.brindle.store.version;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rows that changed between two freezes, as they were at the second. Needs no lock. */
public final class FrozenVersions {
  private record Row(long key, byte[] value) {}

  private final CatalogueTables tables;
  private final List<Row> versions = new ArrayList<>();
  private final List<Row> volumes = new ArrayList<>();
  private final List<Long> removedVersions;
  private final List<Long> removedVolumes;
  private final byte[] counters;

  FrozenVersions(
      CatalogueTables tables,
      byte[] counters,
      List<Long> removedVersions,
      List<Long> removedVolumes) {
    this.tables = tables;
    this.counters = counters;
    this.removedVersions = List.copyOf(removedVersions);
    this.removedVolumes = List.copyOf(removedVolumes);
  }

  void addVersion(Version version) {
    versions.add(new Row(version.id(), RowFormat.encode(VersionRow.of(version))));
  }

  void addVolume(VolumeEntry volume) {
    volumes.add(new Row(volume.id, RowFormat.encode(volume)));
  }

  /** Puts the rows into the index; may be repeated when it failed. */
  public void write() throws IOException {
    write(tables.versions(), versions, removedVersions);
    write(tables.volumes(), volumes, removedVolumes);
    tables.counters().put(RowFormat.COUNTERS_KEY, counters);
  }

  private static void write(RowTable table, List<Row> rows, List<Long> removed) throws IOException {
    for (Row row : rows) {
      table.put(row.key, row.value);
    }
    for (long key : removed) {
      table.remove(key);
    }
  }
}
