package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.store.check.CheckReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;

/** A machine whose stores and mounts are in memory; a store with a mount has a daemon. */
@NullMarked
final class FakeAccess implements StoreAccess {
  final Map<Path, FakeStore> stores = new HashMap<>();
  final List<MountedVolume> mounts = new ArrayList<>();
  List<String> problems = List.of();

  FakeStore add(Path directory) throws IOException {
    create(directory, Session.DEFAULT_VOLUME);
    return stores.get(directory);
  }

  @Override
  public boolean isStore(Path directory) {
    return stores.containsKey(directory);
  }

  @Override
  public void create(Path directory, String volume) throws IOException {
    FakeStore store = new FakeStore(directory);
    store.createVolume(volume);
    stores.put(directory, store);
  }

  @Override
  public Optional<DaemonControl> daemon(Path store) {
    return mounts.stream().anyMatch(mount -> mount.store().equals(store))
        ? Optional.of(stores.get(store))
        : Optional.empty();
  }

  @Override
  public StoreControl openLocally(Path store) {
    return stores.get(store);
  }

  @Override
  public CheckReport check(Path store, boolean readData) {
    return new CheckReport(1, 2, 3, 4, 4096, problems);
  }

  @Override
  public List<MountedVolume> mounts() {
    return mounts;
  }
}
