package dev.brindle.store.index;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Tables of which each row is kept twice, in records of their own: their rows are few, and each is
 * needed by all that hangs on it, so a damaged page must not cost one, even when the page's copy in
 * {@code checkpoints} is lost as well. The second rows of all of them are in one more table:
 *
 * <pre>
 *   second   key * 8 + place of the table in the list  -&gt;  row
 * </pre>
 *
 * Both are changed by the same checkpoint, so either is right. An index that has no second rows yet
 * gets them.
 */
public final class TwinTables {
  private static final String SECOND = "second";
  private static final int KINDS = 8;

  private final Table second;
  private final Map<String, TwinTable> twins = new LinkedHashMap<>();

  /**
   * @param names up to eight; always the same ones in the same order
   */
  TwinTables(Index index, List<String> names) {
    second = index.table(SECOND);
    for (String name : names) {
      twins.put(name, new TwinTable(index.table(name), second, twins.size()));
    }
  }

  static long secondKey(long key, int kind) {
    return Math.addExact(Math.multiplyExact(key, KINDS), kind);
  }

  /** The table of that name; of no use before {@link #mend}. */
  public Table table(String name) {
    return twin(name);
  }

  private TwinTable twin(String name) {
    TwinTable twin = twins.get(name);
    if (twin == null) {
      throw new IllegalArgumentException(name);
    }
    return twin;
  }

  /** Verifies a row. */
  public interface RowCheck {
    /**
     * @throws CorruptStoreException the row is not what was written
     */
    void verify(String table, long key, byte[] row) throws CorruptStoreException;
  }

  /** What can be read of a table in one of its two places. */
  private static final class Found {
    private final TreeMap<Long, byte[]> rows = new TreeMap<>();
    private @Nullable CorruptStoreException damage;

    void damaged(CorruptStoreException cause) {
      damage = cause;
    }

    boolean isWhole() {
      return damage == null;
    }

    boolean hasRowsOf(Found other) {
      return rows.keySet().equals(other.rows.keySet())
          && rows.entrySet().stream()
              .allMatch(row -> Arrays.equals(row.getValue(), other.rows.get(row.getKey())));
    }
  }

  /**
   * Compares the two places of each table, and writes what one of them has lost from the other: in
   * memory, as any change. To be called once, before anything else.
   *
   * @param evenWithLosses also go on with what is left where both places are damaged; otherwise
   *     nothing is changed then
   * @return for each table that may have lost rows, its name and what is damaged
   */
  public Map<String, CorruptStoreException> mend(RowCheck check, boolean evenWithLosses)
      throws IOException {
    Map<String, Found> firsts = readFirsts(check);
    boolean[] hasSecond = {false};
    Map<String, Found> seconds = readSeconds(check, hasSecond);
    Map<String, CorruptStoreException> losses = new LinkedHashMap<>();
    boolean isSecondRight = true;
    for (String name : twins.keySet()) {
      Found first = found(firsts, name);
      Found inSecond = found(seconds, name);
      isSecondRight &= inSecond.isWhole() && first.isWhole() && inSecond.hasRowsOf(first);
      if (first.damage != null && !(hasSecond[0] && inSecond.isWhole())) {
        losses.put(name, first.damage);
      }
    }
    if (losses.isEmpty() || evenWithLosses) {
      for (String name : twins.keySet()) {
        mendFirst(name, found(firsts, name), found(seconds, name));
      }
      if (!isSecondRight) {
        rewriteSecond(firsts);
      }
    }
    return losses;
  }

  private static Found found(Map<String, Found> all, String name) {
    return all.computeIfAbsent(name, n -> new Found());
  }

  private Map<String, Found> readFirsts(RowCheck check) throws IOException {
    Map<String, Found> firsts = new LinkedHashMap<>();
    for (TwinTable twin : twins.values()) {
      Found found = found(firsts, twin.name());
      twin.first()
          .forEachSound((key, row) -> add(check, twin.name(), key, row, found), found::damaged);
    }
    return firsts;
  }

  private Map<String, Found> readSeconds(RowCheck check, boolean[] isThere) throws IOException {
    List<String> names = List.copyOf(twins.keySet());
    Map<String, Found> seconds = new LinkedHashMap<>();
    second.forEachSound(
        (key, row) -> {
          isThere[0] = true;
          int kind = (int) Math.floorMod(key, (long) KINDS);
          if (kind < names.size()) {
            String name = names.get(kind);
            add(check, name, Math.floorDiv(key, (long) KINDS), row, found(seconds, name));
          }
        },
        cause -> names.forEach(name -> found(seconds, name).damaged(cause)));
    return seconds;
  }

  private static void add(RowCheck check, String table, long key, byte[] row, Found found) {
    try {
      check.verify(table, key, row);
      found.rows.put(key, row);
    } catch (CorruptStoreException e) {
      found.damaged(e);
    }
  }

  /** Adds what only the second place has, and writes the table anew when it was damaged. */
  private void mendFirst(String name, Found first, Found inSecond) throws IOException {
    CorruptStoreException damage = first.damage;
    if (damage == null) {
      return;
    }
    Logger.error(
        damage,
        "the table of {} in index.db is damaged, and written anew with its second rows",
        name);
    inSecond.rows.forEach(first.rows::putIfAbsent);
    Table table = twin(name).first();
    table.clear();
    for (Map.Entry<Long, byte[]> row : first.rows.entrySet()) {
      table.put(row.getKey(), row.getValue());
    }
  }

  private void rewriteSecond(Map<String, Found> firsts) throws IOException {
    second.clear();
    for (TwinTable twin : twins.values()) {
      for (Map.Entry<Long, byte[]> row : found(firsts, twin.name()).rows.entrySet()) {
        twin.putSecond(row.getKey(), row.getValue());
      }
    }
  }
}
