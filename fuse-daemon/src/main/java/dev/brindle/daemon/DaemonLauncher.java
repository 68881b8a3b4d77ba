package dev.brindle.daemon;

import dev.brindle.daemon.control.ControlClient;
import dev.brindle.daemon.control.ControlErrorCode;
import dev.brindle.daemon.control.ControlException;
import dev.brindle.daemon.control.ControlReplies;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.host.StoreProcess;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.TransportSettings;
import dev.brindle.store.StoreHeap;
import dev.brindle.store.disk.StoreLock;
import dev.brindle.store.disk.StorePrivacy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Mounts a volume: by the daemon that serves the store, or by one that is started for it with the
 * Java and the class path of this process. Used by the command line.
 */
public final class DaemonLauncher {
  /** Standard error of the daemon's process: what libfuse and the virtual machine print. */
  public static final String ERROR_FILE = "daemon.stderr";

  private static final long TAKE_OVER_SECONDS = 60;
  private static final int OPTIONS_SINCE_JAVA = 24;

  private final Path store;
  private final String logLevel;
  private final TransportSettings transport;
  private final Consumer<String> notice;

  /**
   * @param store a store's directory
   * @param logLevel {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}; for
   *     a daemon that is started
   * @param transport how a daemon that is started talks with the kernel
   * @param notice is told in a sentence what is waited for
   */
  public DaemonLauncher(
      Path store, String logLevel, TransportSettings transport, Consumer<String> notice) {
    this.store = store.toAbsolutePath().normalize();
    this.logLevel = logLevel;
    this.transport = transport;
    this.notice = notice;
  }

  /**
   * Mounts in the background; the mount has answered when this returns. A signal that ends this
   * process before that ends the daemon that was started, too.
   *
   * @throws IOException as the daemon's {@code mount} does, and what keeps a daemon from starting
   */
  public MountReport mount(MountRequest request) throws IOException {
    return mount(request, () -> started(start(request, false), false));
  }

  /**
   * Mounts and serves until the daemon ends. When a daemon serves the store already, it makes the
   * mount and this returns at once.
   *
   * @param mounted is told when the mount has answered
   * @return the exit status of the daemon's process; 0 when there was a daemon already
   */
  public int mountInForeground(MountRequest request, Consumer<MountReport> mounted)
      throws IOException {
    Process[] process = new Process[1];
    mounted.accept(
        mount(
            request,
            () -> {
              process[0] = start(request, true);
              return started(process[0], true);
            }));
    return process[0] == null ? 0 : await(process[0]);
  }

  /**
   * Refuses a mount point that is of no use, before a store is made for it.
   *
   * @throws ControlException MOUNT_POINT_REFUSED, as {@link #mount} would
   */
  public static void refuseUnusable(Path mountPoint, Path store) throws IOException {
    try {
      new MountPoint(mountPoint, store, Unmounter.current()).refuseUnusable();
    } catch (MountException e) {
      throw new ControlException(
          ControlErrorCode.MOUNT_POINT_REFUSED, Objects.toString(e.getMessage()), e);
    }
  }

  /** A daemon that is just ending, or starting elsewhere, is waited for. */
  private MountReport mount(MountRequest request, Waiting<MountReport> start) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TAKE_OVER_SECONDS);
    boolean told = false;
    while (true) {
      boolean isLocked;
      try {
        Optional<ControlClient> running = ControlClient.connect(store);
        if (running.isPresent()) {
          try (ControlClient daemon = running.get()) {
            return daemon.mount(request);
          }
        }
        return start.run();
      } catch (ControlException e) {
        if (!isPassing(e.code()) || System.nanoTime() > deadline) {
          throw e;
        }
        isLocked = e.code() == ControlErrorCode.STORE_LOCKED;
      }
      told = awaitRelease(deadline, isLocked, told);
    }
  }

  /**
   * Until a daemon answers, or who has the store open has ended, and not beyond the deadline.
   *
   * @param isLocked whether it is open in a process that is no daemon of it
   * @param told whether it was told that something is waited for
   * @return whether it is told now
   */
  private boolean awaitRelease(long deadline, boolean isLocked, boolean told) throws IOException {
    String holder = StoreLock.line(store);
    boolean isKnown = StoreProcess.isAlive(holder);
    boolean tells = isLocked && !told;
    if (tells) {
      notice.accept(
          "the store %s is open in %s; waiting for a minute at the most"
              .formatted(store, isKnown ? holder : "another process"));
    }
    long soon = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    do {
      pause();
    } while (holder.equals(StoreLock.line(store))
        && (isKnown ? StoreProcess.isAlive(holder) : System.nanoTime() < soon)
        && System.nanoTime() < deadline
        && !hasDaemon());
    return told || tells;
  }

  private boolean hasDaemon() throws IOException {
    Optional<ControlClient> running = ControlClient.connect(store);
    if (running.isPresent()) {
      running.get().close();
    }
    return running.isPresent();
  }

  private static boolean isPassing(ControlErrorCode code) {
    return code == ControlErrorCode.SHUTTING_DOWN
        || code == ControlErrorCode.BUSY
        || code == ControlErrorCode.STORE_LOCKED
        || code == ControlErrorCode.UNREACHABLE;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for another daemon", e);
    }
  }

  private Process start(MountRequest request, boolean foreground) throws IOException {
    StorePrivacy.verify(store);
    DaemonRequest daemonRequest =
        new DaemonRequest(store.toString(), request, logLevel, transport, foreground);
    List<String> command = new ArrayList<>(javaCommand(StoreHeap.bytesFor(store)));
    command.add(DaemonMain.class.getName());
    command.add(ControlReplies.write(daemonRequest));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(Path.of("/").toFile());
    builder.redirectError(foreground ? Redirect.INHERIT : Redirect.to(errorFile().toFile()));
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  /** Made here, because others could write to one that is made by the umask. */
  private Path errorFile() throws IOException {
    Path file = store.resolve(ERROR_FILE);
    Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        .close();
    return file;
  }

  /** Java as this process runs it, with this much heap. */
  private static List<String> javaCommand(long heapBytes) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(memoryOptions(heapBytes));
    if (Runtime.version().feature() >= OPTIONS_SINCE_JAVA) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    for (String argument : ProcessHandle.current().info().arguments().orElse(new String[0])) {
      if (argument.startsWith("-XX:SharedArchiveFile=")) {
        command.add(argument);
        command.add("-Xshare:auto");
        command.add("-Xlog:disable");
      }
    }
    command.add("-cp");
    command.add(absoluteClassPath());
    return command;
  }

  /**
   * Without memory nothing works, handling that included: threads would end one by one and leave a
   * mount that answers nobody. So the process ends at once, as if it were killed.
   */
  private static List<String> memoryOptions(long heapBytes) {
    return List.of(
        "-Xmx%dm".formatted(heapBytes >> 20),
        "-XX:MaxDirectMemorySize=4g",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError");
  }

  /** The daemon runs in the root directory, so that it keeps no file system busy. */
  private static String absoluteClassPath() {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(":", entries);
  }

  private MountReport started(Process process, boolean foreground) throws IOException {
    return endingWithThis(process, this::hasMounts, () -> answerOf(process, foreground));
  }

  private MountReport answerOf(Process process, boolean foreground) throws IOException {
    String line;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      do {
        line = reader.readLine();
        // what the virtual machine prints of itself when its environment says so comes first
      } while (line != null && !ControlReplies.isReply(line));
    }
    if (line == null) {
      throw new IOException(
          "the daemon ended with status %d before it had mounted%s"
              .formatted(ended(process), foreground ? "" : lastWords()));
    }
    try {
      return ControlReplies.result(line, MountReport.class);
    } catch (IOException e) {
      awaitEndWithoutMounts(process);
      throw e;
    }
  }

  /** It has mounts when another command has asked it for one meanwhile, and then goes on. */
  private void awaitEndWithoutMounts(Process process) throws IOException {
    try {
      while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        if (hasMounts()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private boolean hasMounts() {
    try {
      Optional<ControlClient> running = ControlClient.connect(store);
      if (running.isEmpty()) {
        return false;
      }
      try (ControlClient daemon = running.get()) {
        return !daemon.status().mounts().isEmpty();
      }
    } catch (IOException ending) {
      return false;
    }
  }

  /** In the foreground they are on the terminal, and an earlier daemon's in the file. */
  private String lastWords() throws IOException {
    Path file = store.resolve(ERROR_FILE);
    String text = Files.exists(file) ? Files.readString(file).strip() : "";
    return text.isEmpty() ? "" : ": " + text;
  }

  private static int await(Process process) throws IOException {
    return endingWithThis(process, () -> false, () -> ended(process));
  }

  private static int ended(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while the daemon runs", e);
  }

  private interface Waiting<T> {
    T run() throws IOException;
  }

  /**
   * A signal that ends this process meanwhile ends the daemon too, and waits for it.
   *
   * @param isShared whether others have it serve them, so that it goes on
   */
  private static <T> T endingWithThis(Process process, BooleanSupplier isShared, Waiting<T> waiting)
      throws IOException {
    Thread hook =
        new Thread(
            () -> {
              if (!isShared.getAsBoolean()) {
                process.destroy();
                process.onExit().join();
              }
            },
            "end-daemon");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return waiting.run();
    } finally {
      removeHook(hook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The process is ending already, and the hook does its work.
      return;
    }
  }
}
