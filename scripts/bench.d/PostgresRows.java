import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * PostgreSQL with its own benchmark, pgbench: a server with its data on the target, and clients
 * that each wait for every commit. The server refuses to be root's, so for root it is nobody's.
 */
final class PostgresRows {
  private static final String DATA = "postgres";
  private static final int TRANSACTIONS = 400;

  /** Not in the measured directories: a socket's address is at most 107 bytes. */
  private final Path sockets;

  /** The directory with the server's programs, of the newest version; null when there is none. */
  private final Path programs;

  PostgresRows(Path work) throws IOException {
    sockets = Path.of("/tmp", work.getFileName().toString());
    programs = findPrograms();
  }

  /** None where PostgreSQL is not installed. */
  List<Row> rows() {
    if (programs == null) {
      return List.of();
    }
    return List.of(
        row("pgbench", "PostgreSQL, pgbench with 1 client", 1),
        row("pgbench-4", "PostgreSQL, pgbench with 4 clients", 4));
  }

  private Row row(String name, String what, int clients) {
    Row row =
        new Row(
            name,
            what,
            Row.Unit.OPERATIONS_PER_SECOND,
            this::startServer,
            t -> transact(t, clients));
    return row.finishedBy(this::stopServer);
  }

  private void startServer(Target target) throws IOException {
    give(Files.createDirectories(sockets));
    Path data = target.path(DATA);
    boolean made = Files.exists(data);
    if (!made) {
      give(Files.createDirectory(data));
      run(target, "initdb", "-D", data.toString(), "-U", "bench", "-A", "trust", "--no-sync");
    }
    String options = "-c listen_addresses= -c fsync=on -c unix_socket_directories=" + sockets;
    run(target, "pg_ctl", "-D", data.toString(), "-o", options, "-l", data + "/log", "-w", "start");
    if (!made) {
      pgbench(target, "-i", "-q", "-s", "2");
    }
  }

  private double transact(Target target, int clients) throws IOException {
    String each = String.valueOf(TRANSACTIONS / clients);
    pgbench(target, "-n", "-c", String.valueOf(clients), "-j", "2", "-t", each);
    return TRANSACTIONS;
  }

  private void stopServer(Target target) throws IOException {
    Path data = target.path(DATA);
    if (Files.exists(data.resolve("postmaster.pid"))) {
      run(target, "pg_ctl", "-D", data.toString(), "-w", "-m", "fast", "stop");
    }
    Trees.remove(sockets);
  }

  private void pgbench(Target target, String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("-h", sockets.toString(), "-U", "bench"));
    words.addAll(List.of(options));
    words.add("postgres");
    run(target, "pgbench", words.toArray(String[]::new));
  }

  /** Owned by the one who runs the server, and closed to others, as the server demands. */
  private void give(Path directory) throws IOException {
    if (Processes.ROOT) {
      Processes.run(Path.of("/"), "chown", "nobody", directory.toString());
    }
    Processes.run(Path.of("/"), "chmod", "0700", directory.toString());
  }

  private void run(Target target, String program, String... arguments) throws IOException {
    List<String> words = new ArrayList<>();
    if (Processes.ROOT) {
      words.addAll(List.of("setpriv", "--reuid=nobody", "--clear-groups"));
    }
    words.add(programs.resolve(program).toString());
    words.addAll(List.of(arguments));
    Processes.runWithInput(target.mount, Path.of("/dev/null"), words.toArray(String[]::new));
  }

  private static Path findPrograms() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return null;
    }
    try (Stream<Path> found = Files.list(versions)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Path::compareTo)
          .orElse(null);
    }
  }
}
