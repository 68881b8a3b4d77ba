package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.brindle.daemon.control.ControlClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A new store in a directory of its own, mounted or to be mounted. As an extension it serves all
 * tests of a class with one mount; otherwise its test closes it.
 *
 * <p>Closing unmounts everything, sees the daemon end, checks the store and removes the directory;
 * a daemon that does not end is killed, by its process number, and fails the test.
 */
final class MountedStore implements AutoCloseable, BeforeAllCallback, AfterAllCallback {
  static final String VOLUME = "main";

  /** The transport of all mounts whose test does not say another; the default when not set. */
  private static final String TRANSPORT = "brindle.transport";

  private static final int END_SECONDS = 120;

  private final Object[] options;
  private final Shell mounting = Shell.in(Path.of("/"));
  private String umask = "022";

  /** Not before {@link #prepare()}. */
  private @Nullable Path base;

  private Path store;
  private final List<Path> mountPoints = new ArrayList<>();
  private final List<ProcessHandle> daemons = new ArrayList<>();
  private boolean checked = true;
  private final Thread emergency = new Thread(this::takeOff, "unmount");

  /**
   * @param options of {@code brindle mount}, for the first mount
   */
  MountedStore(Object... options) {
    this.options = options;
  }

  /** A store that is mounted; the caller closes it. */
  static MountedStore mounted(Object... options) {
    MountedStore made = prepared(options);
    try {
      made.mount();
      return made;
    } catch (AssertionError | RuntimeException e) {
      made.dontCheck();
      made.close();
      throw e;
    }
  }

  /** A directory for a store, in which there is none yet. */
  static MountedStore prepared(Object... options) {
    requireFuse();
    MountedStore made = new MountedStore(options);
    made.prepare();
    return made;
  }

  static void requireFuse() {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/dev/fuse")),
        "there is no /dev/fuse here, so nothing can be mounted");
  }

  static boolean isRoot() {
    return Shell.in(Path.of("/")).ok("id -u").equals("0");
  }

  /** Root may do what the test is about: other users, loop devices. */
  static void requireRoot() {
    Assumptions.assumeTrue(isRoot(), "takes root");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    requireFuse();
    prepare();
    mount();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  private void prepare() {
    try {
      base = Files.createTempDirectory("brindle-mounted-").toRealPath();
      Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    store = base().resolve("store");
    Runtime.getRuntime().addShutdownHook(emergency);
  }

  /** A directory beside the store and the mount point, removed with them. */
  Path base() {
    return Objects.requireNonNull(base, "nothing was prepared");
  }

  Path store() {
    return store;
  }

  /** Has the store in another place than in the base directory. */
  void useStore(Path directory) {
    store = directory;
  }

  /** The first mount's root. */
  Path root() {
    return base().resolve("mnt");
  }

  Path path(String relative) {
    return root().resolve(relative);
  }

  /** A new directory on the mount. */
  Path directory(String name) throws IOException {
    return Files.createDirectory(path(name));
  }

  /** Programs that run in the mount's root. */
  Shell shell() {
    return Shell.in(root());
  }

  /** Gives the commands that mount, and with them the daemons, a variable of the environment. */
  MountedStore with(String variable, Object value) {
    mounting.with(variable, value);
    return this;
  }

  /** Has the commands that mount, and with them the daemons, begin with this umask. */
  MountedStore withUmask(String octal) {
    umask = octal;
    return this;
  }

  /** Mounts the volume at {@link #root()}. */
  MountedStore mount() {
    mountAt(root(), store, options);
    return this;
  }

  /**
   * Mounts one more time.
   *
   * @param place {@code STORE} or {@code STORE:VOLUME}
   */
  void mountAt(Path mountPoint, Object place, Object... mountOptions) {
    tryMount(mountPoint, place, mountOptions).expectSuccess();
  }

  /** Mounts when that is possible; what the command said. */
  Output tryMount(Path mountPoint, Object place, Object... mountOptions) {
    List<Object> arguments = new ArrayList<>(List.of("mount"));
    String transport = System.getProperty(TRANSPORT);
    boolean isChosen =
        Stream.of(mountOptions).anyMatch(o -> o.toString().startsWith("--transport"));
    if (transport != null && !isChosen) {
      arguments.add("--transport=" + transport);
    }
    arguments.addAll(List.of(mountOptions));
    arguments.addAll(List.of(place, mountPoint));
    mountPoints.add(mountPoint);
    List<String> command =
        new ArrayList<>(List.of("sh", "-euc", "umask " + umask + "; exec \"$@\"", "sh"));
    command.addAll(Brindle.command(arguments.toArray()));
    Output output = mounting.run(command).expectNoStackTrace();
    if (output.status() == 0) {
      ProcessHandle.of(daemonPid()).filter(d -> !daemons.contains(d)).ifPresent(daemons::add);
    }
    return output;
  }

  void umount() {
    Brindle.ok("umount", root());
  }

  /** Unmounts, and mounts again: nothing is left in a cache. */
  void remount() {
    umount();
    awaitEnd();
    mount();
  }

  /** What {@code brindle status} tells. */
  JsonObject status() {
    return JsonParser.parseString(Brindle.ok("status", "--json", store)).getAsJsonObject();
  }

  /** The process that serves the store. */
  long daemonPid() {
    try (ControlClient control = ControlClient.connect(store).orElseThrow()) {
      return Objects.requireNonNull(control.status().daemon()).pid();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the daemon without a warning; the dead mount stays. */
  void killDaemon() {
    ProcessHandle daemon = ProcessHandle.of(daemonPid()).orElseThrow();
    daemon.destroyForcibly();
    daemon.onExit().join();
  }

  /** Waits until the daemons that were seen have ended. */
  void awaitEnd() {
    for (ProcessHandle daemon : daemons) {
      assertTrue(ended(daemon, END_SECONDS), () -> "the daemon " + daemon.pid() + " does not end");
    }
    daemons.clear();
  }

  static boolean ended(ProcessHandle daemon, int seconds) {
    try {
      daemon.onExit().get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The store is in order; nothing may be mounted. */
  void check() {
    Brindle.run("check", store).expectSuccess();
  }

  /** For tests that leave a store which is not in order, or none at all. */
  void dontCheck() {
    checked = false;
  }

  /** Takes everything off and checks the store, which {@link #close} does not do once more. */
  void umountAndCheck() {
    Optional<AssertionError> failure = takeOff();
    if (failure.isPresent()) {
      throw failure.get();
    }
    if (checked) {
      checked = false;
      check();
    }
  }

  @Override
  public void close() {
    if (base == null) {
      return; // an extension whose test was skipped
    }
    try {
      umountAndCheck();
    } finally {
      Shell.in(Path.of("/")).run(List.of("rm", "-rf", "--one-file-system", base.toString()));
      Runtime.getRuntime().removeShutdownHook(emergency);
    }
  }

  /** Takes off all mounts and ends the daemons, by force where it must be. */
  private Optional<AssertionError> takeOff() {
    Optional<AssertionError> failure = Optional.empty();
    for (Path mountPoint : mountPoints) {
      if (isMounted(mountPoint)) {
        try {
          Brindle.ok("umount", mountPoint);
        } catch (AssertionError e) {
          failure = Optional.of(e);
          Shell.in(Path.of("/")).run(List.of("umount", "-l", mountPoint.toString()));
        }
      }
    }
    for (ProcessHandle daemon : daemons) {
      if (!ended(daemon, END_SECONDS)) {
        daemon.destroyForcibly();
        failure = Optional.of(new AssertionError("the daemon did not end: " + daemon.pid()));
      }
    }
    return failure;
  }

  static boolean isMounted(Path mountPoint) {
    try {
      return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
          .anyMatch(line -> line.split(" ")[1].equals(mountPoint.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
