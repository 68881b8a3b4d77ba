package dev.brindle.cli.mounted;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.brindle.daemon.transport.TransportKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is killed removes nothing any more; so neither daemons nor commands may put anything into
 * the temporary directory, not even for a moment, and they load no code from there.
 */
final class TemporaryFilesIT {
  private static final String LAST = "last";

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void killedDaemonsAndCommands_neverMadeATemporaryFile(TransportKind transport) throws Exception {
    String option = "--transport=" + transport.name().toLowerCase(Locale.ROOT);
    try (MountedStore store = MountedStore.prepared(option);
        WatchService watch = store.base().getFileSystem().newWatchService()) {
      Path temporary = Files.createDirectory(store.base().resolve("tmp"));
      temporary.register(watch, ENTRY_CREATE);
      String options = "-Djava.io.tmpdir=" + temporary;
      store.with("JAVA_TOOL_OPTIONS", options);

      store.mount();
      store.killDaemon();
      store.mount();
      store.umount();
      store.awaitEnd();
      Shell command = Shell.in(Path.of("/")).with("JAVA_TOOL_OPTIONS", options);
      command.run(Brindle.command("snapshot", "create", store.store(), "s")).expectSuccess();

      Files.createFile(temporary.resolve(LAST));
      assertEquals(List.of(LAST), madeUpToLast(watch));
    }
  }

  /** The names of files in the order in which they were made. */
  private static List<String> madeUpToLast(WatchService watch) throws InterruptedException {
    List<String> names = new ArrayList<>();
    while (!names.contains(LAST)) {
      WatchKey key = watch.poll(1, TimeUnit.MINUTES);
      assertNotNull(key, () -> "nothing was seen behind " + names);
      for (WatchEvent<?> event : key.pollEvents()) {
        names.add(String.valueOf(event.context()));
      }
      key.reset();
    }
    return names;
  }
}
