package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** MapDB's own pages, damaged, with no copy left of them: they are made anew, and nothing stops. */
final class OwnPagesTest {
  private static final StoreId STORE = new StoreId(1, 2);

  /** The first page of MapDB's that holds a unit: its table of units takes up the first MiB. */
  private static final int FIRST_UNIT_PAGE = (1 << 20) / PageFormat.PAGE_BYTES;

  private final FaultyDisk disk = new FaultyDisk();
  private final IndexModel model = new IndexModel();

  private void fill() throws IOException {
    Random random = new Random(5);
    try (Index index = Index.create(disk, STORE)) {
      for (int i = 0; i < 4; i++) {
        model.change(index, random, 300);
        index.freeze();
        index.write();
      }
    }
  }

  private List<Integer> ownPages() throws IOException {
    byte[] content = disk.contents(PageFormat.INDEX_FILE);
    List<Integer> pages = new ArrayList<>();
    for (int page = 0; page < FIRST_UNIT_PAGE; page++) {
      if (PageFormat.getInt(content, PageFormat.PAGE_BYTES + (1 + page) * Integer.BYTES) != 0) {
        pages.add(page);
      }
    }
    return pages;
  }

  private FaultyDisk withoutCopies() throws IOException {
    FaultyDisk damaged = disk.afterProcessDeath();
    for (String name : damaged.list(CopyFiles.DIRECTORY)) {
      damaged.delete(CopyFiles.DIRECTORY + "/" + name);
    }
    return damaged;
  }

  private static void damage(FaultyDisk damaged, int page) throws IOException {
    damaged.flipBit(
        PageFormat.INDEX_FILE, PageFormat.place(page) * 8L * PageFormat.PAGE_BYTES + 77);
  }

  private void expectAllThere_andGoOn(FaultyDisk damaged, Random random) throws IOException {
    IndexModel after = model.copy();
    try (Index index = Index.open(damaged, STORE)) {
      after.assertHeldBy(index);
      after.change(index, random, 50);
      index.freeze();
      index.write();
      after.assertHeldBy(index);
      index.verifyPages(0, index.pageCount());
    }
    try (Index index = Index.open(damaged.afterProcessDeath(), STORE)) {
      after.assertHeldBy(index);
    }
  }

  @Test
  void eachOfThem_damaged_isMadeAnew() throws IOException {
    fill();
    List<Integer> pages = ownPages();
    assertTrue(pages.size() >= 9, pages::toString);
    for (int page : pages) {
      FaultyDisk damaged = withoutCopies();
      damage(damaged, page);
      expectAllThere_andGoOn(damaged, new Random(page));
    }
  }

  @Test
  void allOfThem_damagedOrUnreadable_areMadeAnew() throws IOException {
    fill();
    FaultyDisk damaged = withoutCopies();
    for (int page : ownPages()) {
      if (page % 2 == 0) {
        damage(damaged, page);
      } else {
        damaged.makeUnreadable(PageFormat.INDEX_FILE, PageFormat.place(page));
      }
    }
    expectAllThere_andGoOn(damaged, new Random(1));
  }

  /** What units hold follows from nothing, and is not invented. */
  @Test
  void aUnitsPage_damaged_staysSo() throws IOException {
    fill();
    FaultyDisk damaged = withoutCopies();
    damage(damaged, FIRST_UNIT_PAGE + 4);
    try (Index index = Index.open(damaged, STORE)) {
      assertThrows(CorruptStoreException.class, () -> model.assertHeldBy(index));
      assertThrows(CorruptStoreException.class, () -> index.verifyPages(FIRST_UNIT_PAGE + 4, 1));
    }
  }
}
