package dev.brindle.daemon;

import dev.brindle.daemon.control.ControlReplies;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.host.Processes;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.disk.NativeLibraries;
import java.io.PrintStream;
import java.nio.file.Path;
import org.tinylog.Logger;

/**
 * The daemon's process. Started by {@link DaemonLauncher}, with one argument, a {@link
 * DaemonRequest} in JSON; it answers with one line on standard output, when its first mount has
 * answered or could not be made, and closes it.
 */
public final class DaemonMain {
  private DaemonMain() {}

  public static void main(String[] args) {
    NativeLibraries.useApplicationsOwn();
    DaemonRequest request = ControlReplies.read(args[0], DaemonRequest.class);
    if (!request.foreground()) {
      Processes.leaveTerminal();
    }
    // others could write to the log and the socket otherwise, and such a store is not opened again
    Processes.makeFilesPrivate();
    Path store = Path.of(request.store());
    PrintStream answer = System.out;
    DaemonLog.start(store, request.logLevel(), request.foreground());
    int status = run(request, store, answer);
    DaemonLog.stop();
    Runtime.getRuntime().halt(status);
  }

  private static int run(DaemonRequest request, Path store, PrintStream answer) {
    Daemon daemon;
    try {
      daemon = Daemon.start(store, StoreOptions.defaults(), Transports.load(request.transport()));
    } catch (Throwable fault) {
      answer(answer, ControlReplies.failure(fault));
      return 1;
    }
    Thread hook = new Thread(() -> endBySignal(daemon), "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    Logger.info("the daemon of {} has started, process {}", store, ProcessHandle.current().pid());
    try {
      MountReport mounted = daemon.mount(request.mount());
      answer(answer, ControlReplies.success(mounted));
    } catch (Throwable fault) {
      answer(answer, ControlReplies.failure(fault));
      // without a mount it ends; there may be one that another command has made meanwhile
      daemon.awaitEnd();
      return 1;
    }
    return daemon.awaitEnd() ? 0 : 1;
  }

  /** The virtual machine waits for this before it ends; a further signal changes nothing. */
  private static void endBySignal(Daemon daemon) {
    Logger.info("told to end");
    daemon.close();
    DaemonLog.stop();
  }

  /** One line, and then nothing more: the launcher waits for either. */
  private static void answer(PrintStream out, String line) {
    out.println(line);
    out.close();
  }
}
