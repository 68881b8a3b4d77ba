package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.transport.TransportKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A daemon with far too little memory under load: it ends, so that its users get an error and do
 * not wait for ever, and what was synced is there afterwards.
 */
final class OutOfMemoryIT {
  private static final String WRITERS =
      """
      for k in 1 2 3 4; do
        ( n=0
          while [ $n -lt 3000 ]; do
            n=$((n + 1))
            head -c 30000 /dev/urandom > d/$k-$n || break
            [ $((n % 20)) != 0 ] || { sync d/$k-$n && sum=$(sha1sum < d/$k-$n) \\
              && echo "$sum d/$k-$n" >> "$LEDGER"; } || break
          done ) &
      done
      wait
      """;

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void daemonWithoutMemory_ends_andLosesNothingSynced(TransportKind transport) throws IOException {
    String option = "--transport=" + transport.name().toLowerCase(Locale.ROOT);
    try (MountedStore store = MountedStore.mounted(option)) {
      Files.createDirectory(store.path("d"));
      store.umount();
      store.awaitEnd();
      Path ledger = Files.createFile(store.base().resolve("ledger"));
      Shell.in(Path.of("/"))
          .with("_JAVA_OPTIONS", "-Xmx24m")
          .run(Brindle.command("mount", option, store.store(), store.root()))
          .expectSuccess();
      ProcessHandle daemon = ProcessHandle.of(store.daemonPid()).orElseThrow();

      Output written = store.shell().with("LEDGER", ledger).run(List.of("bash", "-uc", WRITERS));
      assertTrue(written.status() != 124, "the writers hang");
      daemon.onExit().orTimeout(60, TimeUnit.SECONDS).join();

      store.mount();
      Shell.in(store.root()).ok("sed 's/  - /  /' " + ledger + " | sha1sum -c --quiet");
    }
  }
}
