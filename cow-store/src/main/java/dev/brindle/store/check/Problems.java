package dev.brindle.store.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sentences that a check collects, each once. Their number is bounded: damage may be
 * everywhere.
 */
final class Problems {
  private static final int SENTENCES_MAX = 1000;

  private final Set<String> sentences = new LinkedHashSet<>();
  private long more;

  void add(String sentence) {
    if (sentences.size() < SENTENCES_MAX) {
      sentences.add(sentence);
    } else if (!sentences.contains(sentence)) {
      more++;
    }
  }

  void add(String place, String sentence) {
    add(place + ": " + sentence);
  }

  List<String> sentences() {
    List<String> all = new ArrayList<>(sentences);
    if (more > 0) {
      all.add("and " + more + " more problems");
    }
    return List.copyOf(all);
  }
}
