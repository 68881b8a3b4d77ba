package dev.brindle.store.model;

import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.contract.FileTreeContract;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

/** The model keeps the contract too: so the two say the same. */
class FakeStoreContractTest extends FileTreeContract {
  private final FakeStore store = new FakeStore(FakeStore.Bug.NONE);
  private long volume;

  @BeforeEach
  void createVolume() throws IOException {
    volume = store.createVolume(Name.of("main"), 0, 0).id();
  }

  @Override
  public WritableFileTree tree() {
    return new FakeTree(store, volume);
  }

  @Override
  public WritableFileTree reopened() {
    store.reopen();
    return tree();
  }
}
