package dev.brindle.store.contract;

import dev.brindle.store.WritableFileTree;
import java.io.IOException;

/** Where a contract's tests get their tree from. */
public interface TreeFixture {
  /** An empty tree, another one for each test; the same object within a test. */
  WritableFileTree tree();

  /** The tree after everything below it was closed and opened again; {@link #tree} changes too. */
  WritableFileTree reopened() throws IOException;
}
