package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.store.check.CheckReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The ways to a store: through the daemon that serves it, or directly while none does. */
interface StoreAccess {
  /** True when the directory holds a store. */
  boolean isStore(Path directory);

  /** Makes an empty store with one volume. */
  void create(Path directory, String volume) throws IOException;

  /** The daemon of the store, if one runs. */
  Optional<DaemonControl> daemon(Path store) throws IOException;

  /** Opens the store in this process; refused while a daemon serves it. */
  StoreControl openLocally(Path store) throws IOException;

  /** Checks a store that no daemon serves. */
  CheckReport check(Path store, boolean readData) throws IOException;

  /** The Brindle mounts of this machine. */
  List<MountedVolume> mounts() throws IOException;
}
