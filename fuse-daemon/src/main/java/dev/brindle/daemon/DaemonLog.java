package dev.brindle.daemon;

import dev.brindle.daemon.control.ControlAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tinylog.Logger;
import org.tinylog.configuration.Configuration;
import org.tinylog.provider.ProviderRegistry;

/**
 * The daemon's log: {@code daemon.log} in the store's directory, which is a link to the newest of a
 * few files of bounded size.
 */
final class DaemonLog {
  private static final int BACKUPS = 4;
  private static final String FILE_SIZE_MAX = "4mb";
  private static final String FORMAT =
      "{date: yyyy-MM-dd HH:mm:ss.SSS} {level} [{thread}] {message}";

  private DaemonLog() {}

  /** To be called before anything is logged. */
  static void start(Path store, String level, boolean alsoToTerminal) {
    Map<String, String> settings = new HashMap<>();
    settings.put("autoshutdown", "false");
    settings.put("writingthread", "false");
    settings.put("level", level);
    settings.put("writerF", "rolling file");
    settings.put("writerF.file", store.resolve("daemon.{count}.log").toString());
    settings.put("writerF.latest", store.resolve(ControlAddress.LOG_FILE).toString());
    settings.put("writerF.policies", "size: " + FILE_SIZE_MAX);
    settings.put("writerF.backups", Integer.toString(BACKUPS));
    settings.put("writerF.format", FORMAT);
    settings.put("writerF.charset", "UTF-8");
    settings.put("writerF.buffered", "false");
    if (alsoToTerminal) {
      settings.put("writerT", "console");
      settings.put("writerT.stream", "err");
      settings.put("writerT.format", FORMAT);
    }
    Configuration.replace(settings);
  }

  /** Writes out what is pending; nothing is logged afterwards. */
  static void stop() {
    try {
      ProviderRegistry.getLoggingProvider().shutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      Logger.error(e, "the log could not be closed");
    }
  }
}
