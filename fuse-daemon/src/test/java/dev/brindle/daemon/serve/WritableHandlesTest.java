package dev.brindle.daemon.serve;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When pages came is known as long as anybody has the file open. */
class WritableHandlesTest {
  private static final long NODE = 7;

  private final WritableHandles handles = new WritableHandles();

  @Test
  void pagesThatCame_areKnown_untilTheLastHandleIsReleased() {
    handles.opened(1, NODE);
    handles.opened(2, NODE);
    long since = System.nanoTime();
    assertFalse(handles.havePagesComeSince(NODE, since));
    handles.pagesCame(NODE);
    handles.released(1);
    assertTrue(handles.havePagesComeSince(NODE, since));
    handles.released(2);
    assertFalse(handles.havePagesComeSince(NODE, since));
  }
}
