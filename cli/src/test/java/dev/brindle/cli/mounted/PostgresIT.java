package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * PostgreSQL on the mount: a snapshot is taken while pgbench runs, and a second server, on a clone
 * of that snapshot, recovers from it as after a power cut, while the first one goes on.
 */
final class PostgresIT {
  @RegisterExtension static final MountedStore STORE = new MountedStore();

  private static final String USER = "postgres";

  private static final int COMMIT_SECONDS_MAX = 120;

  /** Runs the program $0 until the file $1 is there. */
  private static final String BENCH =
      "until [ -e \"$1\" ]; do \"$0\" -n -c 2 -t 100 " + USER + "; done";

  private final List<Server> started = new ArrayList<>();

  /** A server, or where one is to be. */
  private record Server(Path data, int port) {}

  @Test
  void snapshotOfARunningServer_recoversInAClone() throws Exception {
    MountedStore.requireRoot();
    Assumptions.assumeTrue(
        Shell.in(STORE.base()).sh("id -u " + USER).status() == 0,
        "there is no user postgres, whom the database's packages bring");
    Path data = STORE.directory("postgres");
    Shell.in(data).ok("chown " + USER + " . && chmod 700 .");
    Server first = new Server(data.resolve("data"), freePort());
    try {
      pg(first, "initdb", "-D", first.data, "-A", "trust", "--data-checksums");
      start(first);
      pg(first, "pgbench", "-i", "-q", "-s", "1", USER);
      Path stop = STORE.base().resolve("stop");
      Process bench =
          Shell.in(STORE.base())
              .start(
                  command(first, "/bin/sh", "-euc", BENCH, programs().resolve("pgbench"), stop),
                  Redirect.DISCARD,
                  Redirect.INHERIT);
      try {
        awaitMoreThan(0, first);
        Files.createDirectory(STORE.path(".snapshots/running"));
        Files.createDirectory(STORE.path(".snapshots/running/.clones/second"));
        assertTrue(bench.isAlive(), "the snapshot was to be taken while pgbench runs");

        Server second = new Server(STORE.path(".clones/second/postgres/data"), freePort());
        Files.delete(second.data.resolve("postmaster.pid"));
        start(second);
        long secondCount = expectConsistent(second);
        assertTrue(secondCount > 0, "pgbench had not begun");
        awaitMoreThan(secondCount, first);
        Files.createFile(stop);
        assertEquals(0, bench.waitFor());
        long firstCount = expectConsistent(first);

        pg(second, "pgbench", "-n", "-c", "2", "-t", "50", USER);
        assertEquals(secondCount + 100, expectConsistent(second));
        assertEquals(firstCount, expectConsistent(first));
        stop(second);
        pg(second, "pg_checksums", "--check", "-D", second.data);
      } finally {
        Shell.end(bench);
      }
      stop(first);
      pg(first, "pg_checksums", "--check", "-D", first.data);
    } finally {
      for (Server server : List.copyOf(started)) {
        stop(server);
      }
    }
    Files.delete(STORE.path(".snapshots/running"));
    Files.delete(STORE.path(".clones/second"));
  }

  /** The sums that pgbench's transactions keep equal, and the indexes; how many there were. */
  private static long expectConsistent(Server server) {
    String sums =
        pg(
            server,
            "psql",
            "-qAtc",
            "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)"
                + " and (select sum(tbalance) from pgbench_tellers) = (select sum(delta) from pgbench_history)"
                + " and (select sum(bbalance) from pgbench_branches) = (select sum(delta) from pgbench_history)",
            USER);
    assertEquals("t", sums);
    pg(server, "pg_amcheck", "--install-missing", "--heapallindexed", USER);
    return transactions(server);
  }

  private static long transactions(Server server) {
    return Long.parseLong(
        pg(server, "psql", "-qAtc", "select count(*) from pgbench_history", USER));
  }

  private static void awaitMoreThan(long count, Server server) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(COMMIT_SECONDS_MAX);
    while (transactions(server) <= count) {
      assertTrue(System.nanoTime() < deadline, "pgbench commits nothing");
    }
  }

  private void start(Server server) {
    Path log = server.data.resolveSibling("log");
    Output output =
        Shell.in(STORE.base())
            .run(
                command(
                    server,
                    "pg_ctl",
                    "-w",
                    "-t",
                    "120",
                    "-D",
                    server.data,
                    "-l",
                    log,
                    "-o",
                    "-p " + server.port + " -k /tmp -c listen_addresses=",
                    "start"));
    if (output.status() != 0) {
      output = new Output(output.command(), output.status(), text(log), output.err());
    }
    output.expectSuccess();
    started.add(server);
  }

  private static String text(Path log) {
    return Shell.in(STORE.base()).sh("cat " + log).out();
  }

  private void stop(Server server) {
    started.remove(server);
    pg(server, "pg_ctl", "-w", "-m", "fast", "-D", server.data, "stop");
  }

  private static String pg(Server server, Object... arguments) {
    return Shell.in(STORE.base()).run(command(server, arguments)).expectSuccess().line();
  }

  private static List<String> command(Server server, Object... arguments) {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid", USER, "--regid", USER, "--init-groups"));
    command.addAll(
        List.of("env", "HOME=/tmp", "PGHOST=/tmp", "PGPORT=" + server.port, "PGUSER=" + USER));
    command.add(programs().resolve(arguments[0].toString()).toString());
    for (int i = 1; i < arguments.length; i++) {
      command.add(arguments[i].toString());
    }
    return command;
  }

  /** Where the newest PostgreSQL's programs are. */
  private static Path programs() {
    PathMatcher initdb = FileSystems.getDefault().getPathMatcher("glob:/usr/lib/postgresql/*/bin");
    try (Stream<Path> found = Files.walk(Path.of("/usr/lib/postgresql"), 2)) {
      return found.filter(initdb::matches).max(Comparator.naturalOrder()).orElseThrow();
    } catch (IOException e) {
      return Path.of("/usr/bin");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
