package dev.brindle.store.index;

/**
 * A page's new content.
 *
 * @param place in {@code index.db}, in pages
 * @param checksum of the content at that place
 */
record PageImage(int place, byte[] content, int checksum) implements Comparable<PageImage> {
  static PageImage of(int place, byte[] content) {
    return new PageImage(place, content, PageFormat.checksum(place, content));
  }

  @Override
  public int compareTo(PageImage other) {
    return Integer.compare(place, other.place);
  }
}
