package dev.brindle.daemon.kernel;

import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the kernel forget what it remembers of a mount: the attributes of each node that it knows,
 * and all names. To drop a directory's name drops what is below it, also the names that are not
 * there; so the names in the root are enough, if none that is not there was remembered in it.
 */
final class Forgetting {
  private static final List<Name> HIDDEN = List.of(Name.of(".snapshots"), Name.of(".clones"));

  private final Served served;

  Forgetting(Served served) {
    this.served = served;
  }

  void run() throws IOException {
    for (Name name : rootNames()) {
      served.notifier().entryChanged(InodeFileSystem.ROOT_NODE, name);
    }
    for (long node : served.lookups().nodes()) {
      served.notifier().attributesChanged(node);
    }
    served.notifier().attributesChanged(InodeFileSystem.ROOT_NODE);
  }

  private List<Name> rootNames() throws IOException {
    List<Name> names = new ArrayList<>(HIDDEN);
    InodeFileSystem fileSystem = served.fileSystem();
    long handle = fileSystem.opendir(InodeFileSystem.ROOT_NODE);
    try {
      fileSystem.readdir(handle, 0, (name, inode, mode, cookie) -> names.add(name));
    } finally {
      fileSystem.releasedir(handle);
    }
    return names;
  }
}
