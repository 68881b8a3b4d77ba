package dev.brindle.store.log;

import java.io.IOException;

/** Takes the redo elements that stand behind a checkpoint, in the order they were appended. */
public interface RedoVisitor {
  void redo(byte[] element) throws IOException;
}
