package dev.brindle.store.version;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tinylog.Logger;

/**
 * What damage has cost since the store was opened: space that nobody uses and that stays taken
 * until a repair counts it anew. Each is logged once and told by the store's status. Safe for any
 * number of threads.
 */
final class Losses {
  private static final int SENTENCES_MAX = 100;

  private final Map<String, Long> bytes = new LinkedHashMap<>();

  /**
   * Enters a loss.
   *
   * @param what a clause for the status; said again it adds its bytes
   * @param lost 0 when it is not known
   */
  synchronized void add(String what, long lost, Throwable cause) {
    boolean isKnown = bytes.containsKey(what);
    if (!isKnown) {
      Logger.error(cause, "{}; the space stays taken until a repair", what);
    }
    if (isKnown || bytes.size() < SENTENCES_MAX) {
      bytes.merge(what, lost, Long::sum);
    }
  }

  /** A sentence for each. */
  synchronized List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    bytes.forEach(
        (what, lost) -> sentences.add(lost == 0 ? what : what + ": " + lost + " bytes so far"));
    return sentences;
  }
}
