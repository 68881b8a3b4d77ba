package dev.brindle.store.check;

import java.util.ArrayList;
import java.util.List;

/** The sentences that a check collects. Their number is bounded: damage may be everywhere. */
final class Problems {
  private static final int SENTENCES_MAX = 1000;

  private final List<String> sentences = new ArrayList<>();
  private long more;

  void add(String sentence) {
    if (sentences.size() < SENTENCES_MAX) {
      sentences.add(sentence);
    } else {
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
