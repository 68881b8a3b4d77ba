package dev.brindle.store.model;

import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.contract.AclContract;
import dev.brindle.store.contract.FileTreeContract;
import dev.brindle.store.contract.FlagContract;
import dev.brindle.store.contract.UnnamedFileContract;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

/** The model keeps the contract too: so the two say the same. */
class FakeStoreContractTest extends FileTreeContract
    implements UnnamedFileContract, AclContract, FlagContract {
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
