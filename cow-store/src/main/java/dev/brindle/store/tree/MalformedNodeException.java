package dev.brindle.store.tree;

/** An encoded node breaks a rule of the format; says which, and not where the node was found. */
final class MalformedNodeException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedNodeException(String what) {
    super(what);
  }
}
