package dev.brindle.namespace;

/** Who asked for an operation, as the kernel says. */
public record Caller(int uid, int gid, int pid) {
  public static final Caller ROOT = new Caller(0, 0, 0);

  public boolean isRoot() {
    return uid == 0;
  }
}
