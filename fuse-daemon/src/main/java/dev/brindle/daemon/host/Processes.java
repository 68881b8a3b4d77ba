package dev.brindle.daemon.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.LibraryLoader;

/** Facts about this process that the JDK does not tell, and its place among the others. */
public final class Processes {
  /** The functions of libc by their C names; public only because jnr-ffi implements it. */
  public interface LibC {
    int geteuid();

    int setsid();

    int umask(int mask);
  }

  private static final class Holder {
    static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  }

  private static final String PENDING_SIGNALS = "SigPnd:";

  /** SIGKILL's bit, which Linux sets in each thread that any signal is about to end. */
  private static final long KILLED = 1 << 8;

  private static final String MODE = "unix:mode";
  private static final int MODE_BITS = 07777;
  private static final int EVERYTHING = 0777;
  private static final int OTHERS = 077;

  /** What the user's files lose of their modes, once this process's lose more than that. */
  private static volatile int umaskOfUser = EVERYTHING;

  private Processes() {}

  public static boolean isRoot() {
    return user() == 0;
  }

  /** The number of the user whose rights this process has. */
  public static int user() {
    return Holder.LIBC.geteuid();
  }

  /**
   * Leaves the terminal: a session of its own, which no hang-up and no Ctrl-C reaches. Does nothing
   * when this process leads a group already.
   */
  public static void leaveTerminal() {
    Holder.LIBC.setsid();
  }

  /** What this process makes from now on is its user's alone, unless somebody says otherwise. */
  public static void makeFilesPrivate() {
    umaskOfUser = Holder.LIBC.umask(OTHERS);
  }

  /** Gives a directory that was just made for the user the mode that it has by his own umask. */
  public static void openToOthers(Path directory) throws IOException {
    int mode = (Integer) Files.getAttribute(directory, MODE) & MODE_BITS;
    int opened = mode | (EVERYTHING & ~umaskOfUser);
    if (opened != mode) {
      Files.setAttribute(directory, MODE, opened);
    }
  }

  /**
   * Whether a signal that nothing can hold up is about to end a thread of whatever process; Linux
   * only. False when there is no such thread, or it does not show.
   *
   * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_status.5.html">proc_pid_status</a>
   */
  public static boolean isBeingKilled(int thread) {
    try {
      Path status = Path.of("/proc", Integer.toString(thread), "status");
      // a process's name may be any bytes
      return Files.readAllLines(status, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith(PENDING_SIGNALS))
          .map(line -> line.substring(PENDING_SIGNALS.length()).strip())
          .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & KILLED) != 0);
    } catch (IOException e) {
      return false;
    }
  }
}
