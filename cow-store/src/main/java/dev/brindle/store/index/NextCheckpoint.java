package dev.brindle.store.index;

import java.util.List;

/**
 * A checkpoint ready to be written.
 *
 * @param images what it changes, ascending by place
 * @param frame what is true when they are written
 */
record NextCheckpoint(List<PageImage> images, IndexFrame frame) {
  long number() {
    return frame.checkpoint();
  }
}
