package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertAll;

import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.namespace.ChangeFeed;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.KernelCache;
import dev.brindle.namespace.Namespace;
import dev.brindle.namespace.NamespaceOptions;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.function.Executable;

/** A real store with any number of mounts in this process, as a daemon has them. */
public final class MountedStore implements AutoCloseable {
  private final Store store;
  private final ChangeFeed feed = new ChangeFeed();
  private final List<MountedMemory> mounts = new ArrayList<>();
  private final List<Namespace> namespaces = new ArrayList<>();
  private final KernelCaches kernelCaches =
      new KernelCaches(() -> mounts.stream().map(MountedMemory::session).toList());

  private MountedStore(Store store) {
    this.store = store;
  }

  /** A new store with the volume {@code main}. */
  public static MountedStore create(Path directory) throws IOException {
    MountedMemory.assumeFuse();
    Store.create(directory, StoreOptions.defaults());
    Store store = Store.open(directory, StoreOptions.defaults());
    store.createVolume(Name.of("main"), 0, 0);
    return new MountedStore(store);
  }

  public Store store() {
    return store;
  }

  public KernelCache kernelCaches() {
    return kernelCaches;
  }

  public MountedMemory mount(Transport transport, String volume, Path mountPoint)
      throws IOException {
    return mount(transport, volume, mountPoint, transport.caching());
  }

  public MountedMemory mount(
      Transport transport, String volume, Path mountPoint, CachingOptions caching)
      throws IOException {
    return mount(transport, volume, mountPoint, caching, UnaryOperator.identity());
  }

  /**
   * @param around what the mount serves instead of the namespace itself
   */
  public MountedMemory mount(
      Transport transport,
      String volume,
      Path mountPoint,
      CachingOptions caching,
      UnaryOperator<InodeFileSystem> around)
      throws IOException {
    Namespace namespace =
        Namespace.open(
            store, store.volume(volume).id(), NamespaceOptions.defaults(), kernelCaches, feed);
    namespaces.add(namespace);
    MountedMemory mount =
        MountedMemory.mount(transport, around.apply(namespace), mountPoint, caching);
    mounts.add(mount);
    return mount;
  }

  /** Closes everything, whatever of it fails. */
  @Override
  public void close() {
    List<Executable> ends = new ArrayList<>();
    mounts.forEach(mount -> ends.add(mount::close));
    namespaces.forEach(namespace -> ends.add(namespace::close));
    ends.add(store::close);
    assertAll(ends);
  }
}
