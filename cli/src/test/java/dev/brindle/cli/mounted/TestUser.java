package dev.brindle.cli.mounted;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An ordinary user of this machine, made for a test and removed with it. Takes root. */
final class TestUser implements AutoCloseable {
  private static final Shell SHELL = Shell.in(Path.of("/"));

  /** Those of tests that were killed. */
  private static final String REMOVE_FORGOTTEN =
      """
      for user in $(cut -d : -f 1 /etc/passwd | grep -xE 'brindle[0-9]+[a-z]'); do
        pid=${user#brindle}
        test -d /proc/${pid%?} || userdel --force $user || :
      done
      """;

  private final String name;

  private TestUser(String name) {
    this.name = name;
  }

  static TestUser create(String role) {
    SHELL.sh(REMOVE_FORGOTTEN).expectSuccess();
    String name = "brindle" + ProcessHandle.current().pid() + role;
    SHELL.run(List.of("useradd", "--no-create-home", "--shell", "/bin/sh", name)).expectSuccess();
    return new TestUser(name);
  }

  String name() {
    return name;
  }

  String uid() {
    return SHELL.ok("id -u " + name);
  }

  /** Runs a program as this user. */
  Output run(List<String> command) {
    List<String> asUser = new ArrayList<>(List.of("runuser", "-u", name, "--"));
    asUser.addAll(command);
    return SHELL.run(asUser);
  }

  /** Runs a script as this user; the first command that fails ends it. */
  Output sh(String script) {
    return run(List.of("sh", "-euc", script));
  }

  /** The script succeeds; what it printed. */
  String ok(String script) {
    return sh(script).expectSuccess().line();
  }

  @Override
  public void close() {
    SHELL.run(List.of("userdel", "--force", name));
  }
}
