package dev.brindle.store.index;

import java.io.IOException;

/** Numbered pages of 4 KiB, as {@link JournaledVolume} needs them. */
interface Pages {
  /** How many there are; those never written read as zeros. */
  int count();

  void growTo(int pages);

  /** A page's content as it is now; not to be changed. */
  byte[] get(int page) throws IOException;

  /** Copies pages that follow each other. */
  void copyTo(int first, int pages, byte[] target, int at) throws IOException;

  /** The page's one copy that may be changed until the next freeze. */
  byte[] changeable(int page) throws IOException;

  /** Sets a whole page, without reading what was there. */
  void put(int page, byte[] source, int at);

  /** What was changed so far is what the next checkpoint holds. */
  void freeze();
}
