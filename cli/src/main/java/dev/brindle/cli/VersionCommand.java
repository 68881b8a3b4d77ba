package dev.brindle.cli;

import dev.brindle.daemon.control.BrindleVersion;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Tell the version of Brindle and of what it runs on.")
final class VersionCommand extends Verb {
  @Mixin JsonOption json;

  /** What {@code --json} prints. */
  record Versions(String version, String javaVersion, String javaVendor, String system) {
    static Versions ofThisProcess() {
      return new Versions(
          BrindleVersion.text(),
          System.getProperty("java.version"),
          System.getProperty("java.vendor"),
          System.getProperty("os.name")
              + " "
              + System.getProperty("os.version")
              + " "
              + System.getProperty("os.arch"));
    }

    String[] lines() {
      return new String[] {
        "brindle " + version, "java " + javaVersion + " (" + javaVendor + ")", system
      };
    }
  }

  /** For {@code brindle --version}, which prints the same. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return Versions.ofThisProcess().lines();
    }
  }

  @Override
  int run() throws IOException {
    Versions versions = Versions.ofThisProcess();
    if (!json.print(versions, out())) {
      for (String line : versions.lines()) {
        out().println(line);
      }
    }
    return ExitStatus.OK;
  }
}
