package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What POSIX and Linux promise of a file system, by system calls on a mount. */
abstract class MountContract {
  private static final int SKIPPED = 77;

  @TempDir static Path temporary;

  /** Mounted with device files and set-uid programs honoured. */
  abstract MountedStore store();

  /** Whether the mount may lack what the cases named {@code extension_...} are about. */
  abstract boolean mayLackExtensions();

  @TestFactory
  Stream<DynamicTest> contract() {
    Path program = Programs.compile("contract", temporary);
    List<String> cases =
        Shell.in(temporary).run(List.of(program.toString(), "--list")).out().lines().toList();
    assertFalse(cases.isEmpty());
    return cases.stream().map(name -> dynamicTest(name, () -> run(program, name)));
  }

  private void run(Path program, String name) {
    String root = store().root().toString();
    Output output = Shell.in(store().root()).run(List.of(program.toString(), root, name));
    if (mayLackExtensions() || !name.startsWith("extension_")) {
      Assumptions.assumeFalse(output.status() == SKIPPED, output.out());
    }
    output.expectSuccess();
  }

  @Test
  void everything_isThereAfterRemount() throws IOException {
    Path tree = store().directory("tree");
    Shell.in(tree)
        .ok(
            """
            mkdir -p a/b/c
            for i in 1 2 3 4 5 6 7 8 9; do echo "content $i" > a/b/$i; done
            head -c 3000000 /dev/urandom > a/large
            ln a/large a/b/c/second
            ln -s ../large a/b/link
            mkfifo a/fifo
            setfattr -n user.colour -v brindle a/b/1
            chmod 4711 a/b/2
            truncate -s 1G a/sparse
            touch -d '2001-02-03 04:05:06.123456789' a/b/3
            """);
    String before = description(tree);
    store().remount();
    assertFalse(before.isEmpty());
    assertEquals(before, description(tree));
    Files.delete(tree.resolve("a/sparse"));
  }

  private static String description(Path tree) {
    return Shell.in(tree)
        .ok(
            """
            find . -printf '%p %y %i %n %s %m %U %G %T@ %C@ %l\\n' | sort
            find . -type f ! -name sparse -exec sha256sum {} + | sort
            getfattr -R -d . | sort
            """);
  }
}
