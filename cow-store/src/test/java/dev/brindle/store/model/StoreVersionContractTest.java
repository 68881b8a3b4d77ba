package dev.brindle.store.model;

import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store keeps the contract of versions. */
class StoreVersionContractTest extends VersionContract {
  @TempDir Path scratch;

  @Override
  Subject create() throws IOException {
    return new DirectorySubject(scratch, StoreOptions.defaults().withSegmentBlocks(1024));
  }
}
