package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.serve.OpenedFiles;
import dev.brindle.daemon.transport.TransportOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line that libfuse parses its options from.
 *
 * <pre>
 *   default_permissions   always: the kernel checks modes for each caller. Without it one user's
 *                         answer was seen to serve another's question.
 *   big_writes, max_write requests of 128 KiB instead of 4 KiB, the most protocol 7.19 has
 *   atomic_o_trunc        open and truncate are one request
 *   no_splice_*           requests come into the worker's own buffer, where names and data are read
 *                         in place
 *   nosuid, nodev         libfuse's defaults; suid and dev take them back
 *   noatime               the kernel's flag, so that it is shown; the namespace keeps the times
 * </pre>
 *
 * Not given: {@code nonempty} (a mount never hides files), {@code kernel_cache} and {@code
 * auto_cache} (the path-based interface's; {@link OpenedFiles} decides at each open), {@code
 * hard_remove} and {@code use_ino} (that interface's too; names and inode numbers are the file
 * system's own here).
 */
final class MountArguments {
  private static final int WRITE_BYTES_MAX = 128 << 10;
  private static final int BACKGROUND_REQUESTS_MAX = 64;

  private MountArguments() {}

  static List<String> of(TransportOptions options, Host host) {
    List<String> values = new ArrayList<>();
    values.add("default_permissions");
    values.add("big_writes");
    values.add("atomic_o_trunc");
    values.add("max_write=" + WRITE_BYTES_MAX);
    values.add("max_readahead=" + WRITE_BYTES_MAX);
    values.add("max_background=" + BACKGROUND_REQUESTS_MAX);
    values.add("fsname=" + escaped(options.source()));
    addIf(values, options.readOnly(), "ro");
    addIf(values, options.allowOther(), "allow_other");
    addIf(values, options.noAccessTime(), "noatime");
    addIf(values, options.setUid(), "suid");
    addIf(values, options.devices(), "dev");
    switch (host) {
      case LINUX ->
          values.addAll(
              List.of(
                  "subtype=brindle",
                  "max_read=" + WRITE_BYTES_MAX,
                  "no_splice_read",
                  "no_splice_write",
                  "no_splice_move"));
      case MACOS -> values.addAll(List.of("fstypename=brindle", "noappledouble"));
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("brindle");
    for (String value : values) {
      arguments.add("-o");
      arguments.add(value);
    }
    return arguments;
  }

  private static void addIf(List<String> values, boolean wanted, String value) {
    if (wanted) {
      values.add(value);
    }
  }

  /** A comma ends an option and a backslash takes the next character as it is. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,");
  }
}
