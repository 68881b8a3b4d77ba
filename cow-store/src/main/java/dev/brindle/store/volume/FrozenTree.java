package dev.brindle.store.volume;

import java.io.Closeable;

/** A tree that does not change and is not deleted until it is closed. */
final class FrozenTree implements Closeable {
  private final TreeView view;
  private final Runnable release;

  FrozenTree(TreeView view, Runnable release) {
    this.view = view;
    this.release = release;
  }

  TreeView view() {
    return view;
  }

  @Override
  public void close() {
    release.run();
  }
}
