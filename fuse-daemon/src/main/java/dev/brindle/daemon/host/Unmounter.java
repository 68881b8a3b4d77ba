package dev.brindle.daemon.host;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Takes mount points off, with the platform's commands. */
public final class Unmounter {
  private static final long WAIT_SECONDS = 60;

  private final Host host;
  private final boolean root;

  public Unmounter(Host host, boolean root) {
    this.host = host;
    this.root = root;
  }

  public static Unmounter current() {
    return new Unmounter(Host.current(), Processes.isRoot());
  }

  /**
   * @param lazy detaches at once, also when files are open
   * @throws FileSystemException EBUSY while files are open and it is not lazy
   */
  public void unmount(Path mountPoint, boolean lazy) throws IOException {
    IOException failure = new IOException("no command to unmount with");
    for (List<String> command : host.unmountCommands(mountPoint, root, lazy)) {
      try {
        run(mountPoint, command);
        return;
      } catch (CommandMissingException e) {
        failure =
            new IOException(
                "cannot unmount %s: the command %s is missing; %s"
                    .formatted(mountPoint, command.get(0), host.fusermountHint()),
                e);
      }
    }
    throw failure;
  }

  private static void run(Path mountPoint, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new CommandMissingException(e);
    }
    process.getOutputStream().close();
    try {
      if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("unmounting " + mountPoint + " takes longer than a minute");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unmounting " + mountPoint, e);
    }
    if (process.exitValue() != 0) {
      // a line or two, which the pipe has room for
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (isBusy(output, mountPoint)) {
        throw new FileSystemException(
            Errno.EBUSY, mountPoint + " is in use: a file is open or a shell stands in it");
      }
      throw new IOException("cannot unmount " + mountPoint + ": " + output);
    }
  }

  /** Whether it is busy; what is mounted there may have the word in its name. */
  static boolean isBusy(String output, Path mountPoint) {
    return output.replace(mountPoint.toString(), "").toLowerCase(Locale.ROOT).contains("busy");
  }

  private static final class CommandMissingException extends IOException {
    private static final long serialVersionUID = 1;

    CommandMissingException(IOException cause) {
      super(cause);
    }
  }
}
