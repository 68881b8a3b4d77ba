package dev.brindle.store.check;

import dev.brindle.store.Store;
import java.io.IOException;

/**
 * Verifies a store: reachability, ownership, deadlists against trees, link counts, back-references,
 * extents inside segments, live byte counts.
 */
public final class Check {
  private Check() {}

  /**
   * Checks an open store that nobody writes to meanwhile.
   *
   * @param readData also reads every live block and verifies its checksum
   */
  public static CheckReport run(Store store, boolean readData) throws IOException {
    throw new UnsupportedOperationException();
  }
}
