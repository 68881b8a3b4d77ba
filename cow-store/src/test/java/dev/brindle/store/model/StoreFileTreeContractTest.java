package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import dev.brindle.store.contract.AclContract;
import dev.brindle.store.contract.FileTreeContract;
import dev.brindle.store.contract.FlagContract;
import dev.brindle.store.contract.UnnamedFileContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A volume of the store keeps the file tree's contract, and is sound after each test of it. */
class StoreFileTreeContractTest extends FileTreeContract
    implements UnnamedFileContract, AclContract, FlagContract {
  @TempDir Path scratch;
  private Store store;
  private long volume;

  @BeforeEach
  void createStore() throws IOException {
    Store.create(scratch.resolve("store"), StoreOptions.defaults());
    store = Store.open(scratch.resolve("store"), StoreOptions.defaults());
    volume = store.createVolume(Name.of("main"), 0, 0).id();
  }

  @AfterEach
  void checkStore() throws IOException {
    assertEquals(List.of(), Check.run(store, true).problems());
    store.close();
  }

  @Override
  public WritableFileTree tree() {
    try {
      return store.open(volume);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public WritableFileTree reopened() throws IOException {
    store.close();
    store = Store.open(scratch.resolve("store"), StoreOptions.defaults());
    return tree();
  }
}
