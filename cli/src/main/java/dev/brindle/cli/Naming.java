package dev.brindle.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The two ways to name the thing that a verb makes, renames or deletes: in the word that says where
 * ({@code STORE:main@monday}) or in words of their own ({@code STORE monday}).
 */
final class Naming {
  private Naming() {}

  /** The volume that the place names explicitly; null when it names none. */
  static @Nullable String volume(Place place) {
    return place.namesVolume() ? place.name() : null;
  }

  /** The one name, from either place. */
  static String only(String kind, @Nullable String joined, @Nullable String separate)
      throws Refusal {
    List<String> names = all(kind, joined, separate == null ? List.of() : List.of(separate));
    return names.get(0);
  }

  /** All names; exactly one of the two ways has to be used. */
  static List<String> all(String kind, @Nullable String joined, List<String> separate)
      throws Refusal {
    if (joined == null && separate.isEmpty()) {
      throw Refusal.usage("which " + kind + "? Its name is missing");
    }
    if (joined != null && !separate.isEmpty()) {
      throw Refusal.usage(
          "the " + kind + " is named twice: \"" + joined + "\" and \"" + separate.get(0) + "\"");
    }
    List<String> names = joined == null ? new ArrayList<>(separate) : List.of(joined);
    if (names.contains("")) {
      throw Refusal.usage("the name of the " + kind + " is empty");
    }
    return names;
  }
}
