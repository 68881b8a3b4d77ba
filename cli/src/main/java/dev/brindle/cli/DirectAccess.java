package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.LocalStore;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.check.Check;
import dev.brindle.store.check.CheckReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The stores and mounts of this machine. */
final class DirectAccess implements StoreAccess {
  @Override
  public boolean isStore(Path directory) {
    return Store.exists(directory);
  }

  @Override
  public void create(Path directory, String volume) throws IOException {
    Store.create(directory, StoreOptions.defaults());
    try (StoreControl store = openLocally(directory)) {
      store.createVolume(volume);
    }
  }

  @Override
  public Optional<DaemonControl> daemon(Path store) {
    return Optional.empty();
  }

  @Override
  public StoreControl openLocally(Path store) throws IOException {
    return LocalStore.owning(Store.open(store, StoreOptions.defaults()));
  }

  @Override
  public CheckReport check(Path store, boolean readData) throws IOException {
    try (Store opened = Store.open(store, StoreOptions.defaults())) {
      return Check.run(opened, readData);
    }
  }

  @Override
  public List<MountedVolume> mounts() throws IOException {
    return MountTable.read();
  }
}
