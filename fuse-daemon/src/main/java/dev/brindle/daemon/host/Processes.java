package dev.brindle.daemon.host;

import jnr.ffi.LibraryLoader;

/** Facts about this process that the JDK does not tell, and its place among the others. */
public final class Processes {
  /** The functions of libc by their C names; public only because jnr-ffi implements it. */
  public interface LibC {
    int geteuid();

    int setsid();
  }

  private static final class Holder {
    static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  }

  private Processes() {}

  public static boolean isRoot() {
    return Holder.LIBC.geteuid() == 0;
  }

  /**
   * Leaves the terminal: a session of its own, which no hang-up and no Ctrl-C reaches. Does nothing
   * when this process leads a group already.
   */
  public static void leaveTerminal() {
    Holder.LIBC.setsid();
  }
}
