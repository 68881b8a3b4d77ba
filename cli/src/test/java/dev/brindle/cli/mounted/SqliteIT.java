package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQLite with both of its journals: transactions, snapshots while it writes, recovery. */
final class SqliteIT {
  @RegisterExtension static final MountedStore STORE = new MountedStore();

  private static final int TRANSFERS = 250;

  private static final String TABLES =
      """
      create table accounts (id integer primary key, balance integer not null);
      create table history (id integer primary key, source integer, target integer, amount integer);
      create index by_source on history (source);
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
        insert into accounts select i, 100 from n;
      """;

  /** Moves money; the sum stays. */
  private static final String TRANSFER =
      """
      begin immediate;
      update accounts set balance = balance - %1$d where id = %2$d;
      update accounts set balance = balance + %1$d where id = %3$d;
      insert into history (source, target, amount) values (%2$d, %3$d, %1$d);
      commit;
      """;

  @ParameterizedTest
  @ValueSource(strings = {"delete", "truncate", "persist", "wal"})
  void transactions_areWholeEverywhere(String journal) throws Exception {
    Path there = STORE.directory(journal);
    Path script = STORE.base().resolve(journal + ".sql");
    StringBuilder transfers = new StringBuilder(".timeout 120000\npragma synchronous=full;\n");
    for (int i = 0; i < TRANSFERS; i++) {
      transfers.append(TRANSFER.formatted(i % 7 + 1, i * 31 % 1000 + 1, i * 17 % 1000 + 1));
    }
    Files.writeString(script, transfers);
    Shell shell = Shell.in(there);
    shell.ok("sqlite3 data.db 'pragma journal_mode=" + journal + ";" + TABLES + "'");

    String command = "exec sqlite3 -bail data.db < " + script;
    Process one = start(there, command);
    Process other = start(there, command);
    try {
      int taken = 0;
      do {
        Files.createDirectory(there.resolve(".snapshots/" + journal + taken++));
        Thread.sleep(200);
      } while (one.isAlive() && taken < 5);
      assertEquals(0, one.waitFor());
      assertEquals(0, other.waitFor());
      expectConsistent(shell, "data.db", 2 * TRANSFERS);
      for (int i = 0; i < taken; i++) {
        // As after a power cut at that moment: SQLite recovers its journal on a writable copy.
        String copy = "copy" + i;
        shell.ok("mkdir " + copy + "; cp -p .snapshots/" + journal + i + "/data.db* " + copy);
        expectConsistent(shell, copy + "/data.db", -1);
      }
      Path clone = STORE.path(".snapshots/" + journal + "0/.clones/" + journal);
      Files.createDirectory(clone);
      Shell inClone = Shell.in(STORE.path(".clones/" + journal + "/" + journal));
      expectConsistent(inClone, "data.db", -1);
      inClone.ok("sqlite3 data.db 'delete from history; vacuum;'");
      expectConsistent(inClone, "data.db", 0);
      expectConsistent(shell, "data.db", 2 * TRANSFERS);
    } finally {
      Shell.end(one);
      Shell.end(other);
    }
  }

  private static Process start(Path directory, String command) throws IOException {
    return Shell.in(directory)
        .start(List.of("sh", "-euc", command), Redirect.DISCARD, Redirect.INHERIT);
  }

  private static void expectConsistent(Shell shell, String database, int history) {
    String[] answers =
        shell
            .ok(
                "sqlite3 "
                    + database
                    + " 'pragma integrity_check; select sum(balance) from accounts;"
                    + " select count(*) from history;'")
            .split("\n");
    assertEquals("ok", answers[0]);
    assertEquals("100000", answers[1]);
    if (history >= 0) {
      assertEquals(Integer.toString(history), answers[2]);
    }
  }
}
