package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the copies of the index, some pages at a time, and has them made anew when something in
 * them is damaged. What a newer base has made superfluous meanwhile is passed over.
 */
public final class CopyVerifier {
  private static final int STEP_PAGES = 64;

  private final Copies copies;
  private final List<PageRecord> records;
  private int record;
  private int page;
  private boolean marksRead;

  CopyVerifier(Copies copies) throws IOException {
    this.copies = copies;
    this.records = copies.records();
  }

  /** What there is to read, in bytes. */
  public long bytes() {
    return records.stream().mapToLong(r -> (long) r.pages() << PAGE_SHIFT).sum();
  }

  /**
   * Verifies some more.
   *
   * @param damages takes a sentence for each damaged place
   * @return how many bytes were read; 0 at the end
   */
  public long step(Consumer<String> damages) throws IOException {
    if (!marksRead) {
      marksRead = true;
      copies.verifyMarks(damages);
    }
    while (record < records.size()) {
      int read = copies.verify(records.get(record), page, STEP_PAGES, damages);
      page += read;
      if (read > 0) {
        return (long) read << PAGE_SHIFT;
      }
      record++;
      page = 0;
    }
    return 0;
  }
}
