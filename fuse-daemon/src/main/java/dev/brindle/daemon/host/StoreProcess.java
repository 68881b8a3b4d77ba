package dev.brindle.daemon.host;

import dev.brindle.store.StoreNotPrivateException;
import dev.brindle.store.disk.StoreLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The process that a store's lock names, and what Linux's {@code /proc} tells of it; elsewhere
 * nothing is known.
 */
public record StoreProcess(long pid) {
  private static final Path PROCESSES = Path.of("/proc");
  private static final Pattern HOLDER = Pattern.compile("process (\\d{1,9}) .*", Pattern.DOTALL);

  /** Null when the lock names none, or the store is not its owner's alone. */
  static @Nullable StoreProcess of(Path store) throws IOException {
    String text;
    try {
      StoreLock.verifyFile(store);
      text = StoreLock.line(store);
    } catch (FileSystemException | StoreNotPrivateException e) {
      return null;
    }
    return named(text);
  }

  private static @Nullable StoreProcess named(String line) {
    Matcher holder = HOLDER.matcher(line);
    return holder.matches() ? new StoreProcess(Long.parseLong(holder.group(1))) : null;
  }

  /** Whether the process that a lock's line names runs; false when it names none. */
  public static boolean isAlive(String line) {
    StoreProcess process = named(line);
    return process != null
        && ProcessHandle.of(process.pid).filter(ProcessHandle::isAlive).isPresent();
  }

  /** Stopped by a signal or a debugger: it does not answer until it is told to go on. */
  boolean isStopped() throws IOException {
    char state = state();
    return state == 'T' || state == 't';
  }

  /** The process is over, and threads of it are not. */
  boolean isKilled() throws IOException {
    try (Stream<Path> threads = Files.list(directory().resolve("task"))) {
      return state() == 'Z' && threads.count() > 1;
    } catch (FileSystemException e) {
      return false;
    }
  }

  /** As {@code proc(5)} has it; {@code X} for a process that is not there. */
  private char state() throws IOException {
    try {
      String stat = Files.readString(directory().resolve("stat"), StandardCharsets.ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2);
    } catch (FileSystemException e) {
      return 'X';
    }
  }

  private Path directory() {
    return PROCESSES.resolve(Long.toString(pid));
  }
}
