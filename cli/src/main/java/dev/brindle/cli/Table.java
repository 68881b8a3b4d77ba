package dev.brindle.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import dev.brindle.store.Timestamp;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** A table for people: a header, left-aligned names, right-aligned sizes, no lines around. */
final class Table {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private final List<Column> columns = new ArrayList<>();
  private final List<String[]> rows = new ArrayList<>();

  Table text(String header) {
    return column(header, HorizontalAlign.LEFT);
  }

  Table number(String header) {
    return column(header, HorizontalAlign.RIGHT);
  }

  private Table column(String header, HorizontalAlign align) {
    columns.add(
        new Column()
            .header(header)
            .headerAlign(align)
            .dataAlign(align)
            .maxWidth(Integer.MAX_VALUE, OverflowBehaviour.CLIP_RIGHT));
    return this;
  }

  Table row(String... cells) {
    rows.add(cells);
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** A point in time in the zone of whoever reads it. */
  static String time(Timestamp time) {
    return TIME.format(time.toInstant().atZone(ZoneId.systemDefault()));
  }

  /** Lines without blanks at either end. */
  @Override
  public String toString() {
    String table =
        AsciiTable.getTable(
            AsciiTable.NO_BORDERS, columns.toArray(Column[]::new), rows.toArray(String[][]::new));
    return table
        .lines()
        .map(line -> line.startsWith(" ") ? line.substring(1) : line)
        .map(String::stripTrailing)
        .collect(java.util.stream.Collectors.joining(System.lineSeparator()));
  }
}
