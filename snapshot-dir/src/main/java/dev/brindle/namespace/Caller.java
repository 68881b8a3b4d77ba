package dev.brindle.namespace;

/**
 * Who asked for an operation, as the kernel says.
 *
 * @param umask what the modes of new inodes lose, unless it was taken from them already
 */
public record Caller(int uid, int gid, int pid, int umask) {
  public static final Caller ROOT = new Caller(0, 0, 0);

  /** Whose umask is applied already. */
  public Caller(int uid, int gid, int pid) {
    this(uid, gid, pid, 0);
  }

  public Caller withUmask(int given) {
    return new Caller(uid, gid, pid, given);
  }

  public boolean isRoot() {
    return uid == 0;
  }
}
