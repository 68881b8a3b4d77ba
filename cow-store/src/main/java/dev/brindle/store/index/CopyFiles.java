package dev.brindle.store.index;

import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The names in the directory {@code checkpoints}. */
final class CopyFiles {
  static final String DIRECTORY = "checkpoints";

  private static final String JOURNAL = ".journal";
  private static final String BASE = ".base";
  private static final String UNFINISHED = ".new";

  private CopyFiles() {}

  /** The journal of what comes behind a checkpoint. */
  static String journal(long checkpoint) {
    return path(checkpoint, JOURNAL);
  }

  static String base(long checkpoint) {
    return path(checkpoint, BASE);
  }

  /** A base while it is written. */
  static String unfinishedBase(long checkpoint) {
    return base(checkpoint) + UNFINISHED;
  }

  private static String path(long checkpoint, String kind) {
    return DIRECTORY + "/" + checkpoint + kind;
  }

  /** The checkpoints that there are journals of, ascending. */
  static List<Long> journals(Disk disk) throws IOException {
    return numbers(disk, JOURNAL);
  }

  /** The checkpoints that there are bases of, ascending. */
  static List<Long> bases(Disk disk) throws IOException {
    return numbers(disk, BASE);
  }

  private static List<Long> numbers(Disk disk, String kind) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (String name : disk.list(DIRECTORY)) {
      String number = name.endsWith(kind) ? name.substring(0, name.length() - kind.length()) : "";
      if (number.matches("[0-9]{1,18}")) {
        numbers.add(Long.parseLong(number));
      }
    }
    Collections.sort(numbers);
    return numbers;
  }

  /** Deletes what an interrupted writing of a base left. */
  static void removeUnfinished(Disk disk) throws IOException {
    for (String name : disk.list(DIRECTORY)) {
      if (name.endsWith(UNFINISHED)) {
        disk.delete(DIRECTORY + "/" + name);
      }
    }
  }
}
