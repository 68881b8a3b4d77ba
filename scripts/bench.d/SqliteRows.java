import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** SQLite, with its shell: many small transactions and a large one. */
final class SqliteRows {
  private static final int COMMITS = 200;
  private static final int BULK_ROWS = 100_000;
  private static final String DATABASE = "t.db";

  private final Path commits;
  private final Path bulk;

  /**
   * @param work where the scripts for SQLite go
   */
  SqliteRows(Path work) throws IOException {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < COMMITS; i++) {
      script.append("INSERT INTO t VALUES(").append(i).append(", hex(randomblob(50)));\n");
    }
    commits = Files.writeString(work.resolve("commits.sql"), script);
    bulk =
        Files.writeString(
            work.resolve("bulk.sql"),
            "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <"
                + " "
                + BULK_ROWS
                + ") SELECT i, hex(randomblob(50)) FROM n;\n");
  }

  List<Row> rows() {
    return List.of(
        commits("sqlite-commit", "SQLite, one insert a transaction", "DELETE"),
        commits("sqlite-wal-commit", "the same, with its WAL (synchronous=FULL)", "WAL"),
        new Row(
            "sqlite-bulk",
            "SQLite, 100,000 rows in one transaction",
            Row.Unit.SECONDS,
            t -> database(t, "DELETE"),
            t -> script(t, bulk)));
  }

  private Row commits(String name, String what, String journal) {
    return new Row(
        name,
        what,
        Row.Unit.OPERATIONS_PER_SECOND,
        t -> database(t, journal),
        t -> script(t, commits) * COMMITS);
  }

  private static void database(Target target, String journal) throws IOException {
    for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
      Files.deleteIfExists(target.path(DATABASE + suffix));
    }
    Processes.run(
        target.mount,
        "sqlite3",
        DATABASE,
        "PRAGMA journal_mode=" + journal + "; CREATE TABLE t(a INTEGER PRIMARY KEY, b);");
  }

  private static double script(Target target, Path script) throws IOException {
    Processes.runWithInput(target.mount, script, "sqlite3", DATABASE);
    return 1;
  }
}
