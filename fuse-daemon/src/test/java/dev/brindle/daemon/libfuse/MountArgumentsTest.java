package dev.brindle.daemon.libfuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.TransportOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MountArgumentsTest {
  private static TransportOptions options(String source, boolean all) {
    return new TransportOptions(
        Path.of("/m"), source, all, all, all, all, all, CachingOptions.defaults());
  }

  @ParameterizedTest
  @EnumSource(Host.class)
  void plain_hasTheKernelCheckPermissionsAndNothingDangerous(Host host) {
    List<String> arguments = MountArguments.of(options("brindle:/s:v", false), host);
    assertTrue(arguments.contains("default_permissions"));
    assertTrue(arguments.contains("big_writes"));
    for (String unwanted : List.of("allow_other", "suid", "dev", "nonempty", "ro", "noatime")) {
      assertFalse(arguments.contains(unwanted), unwanted);
    }
  }

  @ParameterizedTest
  @EnumSource(Host.class)
  void askedFor_isGiven(Host host) {
    assertTrue(
        MountArguments.of(options("brindle:/s:v", true), host)
            .containsAll(List.of("allow_other", "suid", "dev", "ro", "noatime")));
  }

  @Test
  void source_withCommaAndBackslash_isOneOption() {
    List<String> arguments = MountArguments.of(options("brindle:/a,b\\c:v", false), Host.LINUX);
    assertEquals(1, arguments.stream().filter("fsname=brindle:/a\\,b\\\\c:v"::equals).count());
  }
}
