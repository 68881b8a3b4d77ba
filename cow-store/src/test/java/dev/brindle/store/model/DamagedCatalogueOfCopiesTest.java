package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.FileTree;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * As its parent, in a store whose files share blocks: within volumes, between volumes and out of
 * snapshots, and with versions that are gone. What is made anew of rows must count each reference,
 * or a block dies under who still has it, or never.
 */
final class DamagedCatalogueOfCopiesTest extends DamagedCatalogueTest {
  @Override
  void share(FileTree from, WritableFileTree to, int step) throws IOException {
    long many = from.lookup(ROOT, name("many")).inode();
    long copies = directory(to, "copies " + step);
    for (int i = 0; i < 120; i += 7) {
      long source = from.lookup(many, name("file " + i)).inode();
      long copy = file(to, copies, "copy " + i);
      to.copyRange(from, source, 0, copy, 0, Long.MAX_VALUE);
      to.copyRange(from, source, 4_096, copy, 40_960 + 4_096L * step, 8_192);
      if (i % 2 == 0) {
        write(to, copy, 5_000, pattern(3_000, i + step));
      }
    }
    to.unlink(copies, name("copy " + 7 * step));
  }

  @Test
  void store_hasSharedBlocks() throws IOException {
    assertEquals(2, format());
  }
}
