package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs that commit in their own ways. Each tells what it has committed by a line in a file
 * outside the mount, after the sync that its way of committing needs.
 */
final class LedgerPrograms {
  private static final int END_SECONDS = 60;

  /** Their ledgers' names. */
  private static final List<String> COMMITTING = List.of("git", "wal", "delete", "tar");

  private static final String GIT =
      """
      cd git
      while [ ! -e "$LEDGER/stop" ]; do
        rm -f .git/index.lock .git/HEAD.lock .git/refs/heads/main.lock
        head -c $((RANDOM % 9000)) /dev/urandom > f$((RANDOM % 8))
        echo "$$ $RANDOM" > changing
        git add -A; git commit -qm x
        sync .git/refs/heads/main
        git rev-parse HEAD >> "$LEDGER/git"
      done
      """;

  /**
   * A transaction counts when the daemon was there after it: when the directory of a journal that
   * was deleted cannot be opened any more, to have that synced, SQLite calls it committed.
   */
  private static final String SQLITE =
      """
      n=$(tail -n 1 "$LEDGER/$MODE"); n=${n:-0}
      while [ ! -e "$LEDGER/stop" ]; do
        n=$((n + 1))
        sqlite3 -bail $MODE.db ".timeout 60000" "pragma synchronous=extra" "begin" \
          "insert or replace into t values($n, randomblob(abs(random()) % 3000))" \
          "delete from t where i < $n - 300" "update s set n = max(n, $n)" "commit"
        stat -f . > "$LEDGER/alive.$MODE"
        echo $n >> "$LEDGER/$MODE"
      done
      """;

  private static final String TAR =
      """
      n=$(tail -n 1 "$LEDGER/tar"); n=${n:-0}
      while [ ! -e "$LEDGER/stop" ]; do
        n=$((n + 1)); rm -rf tar-$n tar-$((n - 3))
        mkdir tar-$n; tar -xf "$LEDGER/source.tar" -C tar-$n
        find tar-$n -type f -exec sync {} +; sync tar-$n
        echo $n >> "$LEDGER/tar"
      done
      """;

  private final Path root;
  private final Path ledger;
  private final List<Process> running = new ArrayList<>();

  /**
   * @param ledger a directory outside the mount
   */
  LedgerPrograms(Path root, Path ledger) {
    this.root = root;
    this.ledger = ledger;
  }

  private Shell shell() {
    return Shell.in(root)
        .with("LEDGER", ledger)
        .with("HOME", ledger)
        .with("GIT_CONFIG_NOSYSTEM", 1);
  }

  void prepare() {
    shell()
        .ok(
            """
            git config --global user.name Tester
            git config --global user.email tester@example.org
            git config --global init.defaultBranch main
            git config --global core.fsync all
            git config --global gc.auto 0
            mkdir "$LEDGER/source"; cd "$LEDGER/source"
            for i in $(seq 30); do mkdir -p d$((i % 4)); seq $((i * i * 7)) > d$((i % 4))/$i; done
            ln -s d1/1 link; truncate -s 300K sparse; echo end >> sparse
            tar -cf ../source.tar .
            cd - > /dev/null
            touch "$LEDGER/wal" "$LEDGER/delete" "$LEDGER/git" "$LEDGER/tar"
            for mode in wal delete; do
              sqlite3 $mode.db "pragma journal_mode=$mode" "create table t(i integer primary key, b)" \
                "create table s(n)" "insert into s values(0)" > "$LEDGER/sqlite.out"
            done
            git init -q git; cd git; echo 0 > changing; git add -A; git commit -qm first
            sync .git/refs/heads/main
            """);
  }

  void start() throws IOException {
    Files.deleteIfExists(ledger.resolve("stop"));
    Files.deleteIfExists(ledger.resolve("errors"));
    running.add(start(shell(), GIT));
    running.add(start(shell().with("MODE", "wal"), SQLITE));
    running.add(start(shell().with("MODE", "delete"), SQLITE));
    running.add(start(shell(), TAR));
  }

  private Process start(Shell shell, String script) throws IOException {
    Redirect err = Redirect.appendTo(ledger.resolve("errors").toFile());
    List<String> command =
        List.of("setpriv", "--pdeathsig", "KILL", "bash", "-euc", script); // a killed test's too
    return shell.start(command, Redirect.DISCARD, err);
  }

  /** None has failed; called while the daemon still runs. */
  void expectAlive() throws IOException {
    for (Process process : running) {
      if (!process.isAlive()) {
        throw new AssertionError("a program failed: " + Files.readString(ledger.resolve("errors")));
      }
    }
  }

  /** Ends them after what they are at, or has seen them end because the file system went away. */
  void stop() throws IOException, InterruptedException {
    Files.writeString(ledger.resolve("stop"), "");
    for (Process process : running) {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        String command = process.info().commandLine().orElse("a program");
        Shell.end(process);
        throw new AssertionError(command + " hangs");
      }
    }
    running.clear();
  }

  /** How much each has committed. */
  String progress() throws IOException {
    List<String> counts = new ArrayList<>();
    for (String program : COMMITTING) {
      counts.add(program + " " + commits(program));
    }
    return String.join(", ", counts);
  }

  void expectCommits() throws IOException {
    for (String program : COMMITTING) {
      assertTrue(commits(program) > 0, program + " has committed nothing");
    }
  }

  private int commits(String program) throws IOException {
    return Files.readAllLines(ledger.resolve(program)).size();
  }

  /** What each has told to be committed is there. */
  void verify() {
    Shell shell = shell();
    for (String mode : List.of("wal", "delete")) {
      String[] answer =
          shell
              .ok("sqlite3 " + mode + ".db 'pragma integrity_check' 'select n from s'")
              .split("\n");
      assertEquals("ok", answer[0], mode);
      long told = Long.parseLong("0" + shell.ok("tail -n 1 $LEDGER/" + mode));
      long found = Long.parseLong(answer[1]);
      assertTrue(found >= told, mode + ": transaction " + told + " was told, there is " + found);
    }
    shell.ok(
        """
        last=$(tail -n 1 "$LEDGER/git")
        cd git; rm -f .git/index.lock
        git fsck --full --strict > "$LEDGER/fsck" 2>&1 || { cat "$LEDGER/fsck" >&2; exit 1; }
        test -z "$last" || git merge-base --is-ancestor "$last" HEAD
        """);
    shell.ok(
        """
        n=$(tail -n 1 "$LEDGER/tar")
        test -z "$n" || tar -df "$LEDGER/source.tar" -C tar-$n
        """);
  }
}
