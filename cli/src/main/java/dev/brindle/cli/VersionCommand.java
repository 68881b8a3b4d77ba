package dev.brindle.cli;

import dev.brindle.daemon.control.BrindleVersion;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Tell the version of Brindle and of what it runs on.")
final class VersionCommand extends Verb {
  @Mixin JsonOption json;

  /** What {@code --json} prints. */
  record Versions(String version, String javaVersion, String javaVendor, String system) {}

  @Override
  int run() throws IOException {
    Versions versions =
        new Versions(
            BrindleVersion.text(),
            System.getProperty("java.version"),
            System.getProperty("java.vendor"),
            System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + " "
                + System.getProperty("os.arch"));
    if (!json.print(versions, out())) {
      out().println("brindle " + versions.version());
      out().println("java " + versions.javaVersion() + " (" + versions.javaVendor() + ")");
      out().println(versions.system());
    }
    return ExitStatus.OK;
  }
}
