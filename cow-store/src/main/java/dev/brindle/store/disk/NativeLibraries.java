package dev.brindle.store.disk;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * Where this process has its native code from: the directory {@code jni} beside its jars, with a
 * directory for each platform, which the build makes.
 *
 * <p>Left to itself jffi, by which jnr-ffi calls C, takes its library out of its jar at each start:
 * into the temporary directory, where a process that is killed leaves it and where {@code noexec}
 * keeps it from being loaded, and then into the working directory. It is left to itself where there
 * is no such directory, as when classes are run that are in no jar.
 */
public final class NativeLibraries {
  /** jffi's; a value that is given on the command line stays. */
  private static final String PATH = "jffi.boot.library.path";

  private NativeLibraries() {}

  /** Has the application's own libraries loaded; to be called before any native code is. */
  public static void useApplicationsOwn() {
    CodeSource source = NativeLibraries.class.getProtectionDomain().getCodeSource();
    if (source == null || System.getProperty(PATH) != null) {
      return;
    }
    Path libraries = pathOf(source).resolveSibling("jni");
    if (Files.isDirectory(libraries)) {
      System.setProperty(PATH, libraries.toString());
    }
  }

  private static Path pathOf(CodeSource source) {
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this class is from " + source.getLocation(), e);
    }
  }
}
