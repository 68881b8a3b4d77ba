package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options of a mount permit and refuse, and what a remount changes of it. */
final class MountOptionsIT {
  private static final int SOMEBODY = 541_003;
  private static final String EROFS = "Read-only file system";
  private static final String EACCES = "Permission denied";

  @BeforeAll
  static void requireRoot() {
    MountedStore.requireRoot();
  }

  private static MountedStore mounted(String transport) {
    return MountedStore.mounted("--transport=" + transport);
  }

  private static void remount(MountedStore store, String options) {
    Shell.in(Path.of("/"))
        .run(List.of("mount", "-i", "-o", "remount," + options, store.root().toString()))
        .expectSuccess();
  }

  /** Who a program is that root has made set-user-id, when somebody runs it. */
  private static int effectiveUser(MountedStore store) {
    String user = "setpriv --reuid=" + SOMEBODY + " --regid=" + SOMEBODY + " --clear-groups";
    return Integer.parseInt(store.shell().ok(user + " ./id -u"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel", "libfuse"})
  void suidAndDev_areHonouredWhereAskedFor(String transport) {
    try (MountedStore store = mounted(transport)) {
      store.shell().ok("cp /usr/bin/id id; chmod 4755 id; mknod null c 1 3; chmod 666 null");
      assertEquals(SOMEBODY, effectiveUser(store));
      store.shell().sh("cat null").expectFailure(EACCES);
      store.umount();
      store.awaitEnd();
      store.mountAt(store.root(), store.store(), "--suid", "--dev", "--transport=" + transport);
      assertEquals(0, effectiveUser(store));
      assertEquals("", store.shell().ok("cat null"));
      remount(store, "nosuid,nodev");
      assertEquals(SOMEBODY, effectiveUser(store));
      store.shell().sh("cat null").expectFailure(EACCES);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel", "libfuse"})
  void remount_noexec_refusesProgramsAndMappingsOfCode(String transport) {
    try (MountedStore store = mounted(transport)) {
      store.shell().ok("cp /bin/true program; ./program");
      remount(store, "noexec");
      store.shell().sh("./program").expectFailure(EACCES);
      remount(store, "exec");
      store.shell().ok("./program");
    }
  }

  /** Every way of changing something, and what is there afterwards. */
  @ParameterizedTest
  @ValueSource(strings = {"kernel", "libfuse"})
  void readOnly_refusesEachChange(String transport) {
    try (MountedStore store = mounted(transport)) {
      store.shell().ok("mkdir d; echo text > f; ln -s f s; mkdir .snapshots/s .clones/c");
      store.shell().ok("touch -a -d '2001-01-01' f d");
      store.umount();
      store.awaitEnd();
      store.mountAt(store.root(), store.store(), "--read-only", "--transport=" + transport);
      String[] changes = {
        "echo more >> f",
        "echo other > f",
        "echo new > new",
        "truncate -s 1 f",
        "mkdir new",
        "mkfifo new",
        "ln -s f new",
        "ln f new",
        "mv f new",
        "rm f",
        "rmdir d",
        "chmod 600 f",
        "chown 5 f",
        "touch f",
        "setfattr -n user.a -v b f",
        "fallocate -l 4096 f",
        "mkdir .snapshots/new",
        "rmdir .snapshots/s",
        "mv .snapshots/s .snapshots/new",
        "mkdir .clones/new",
        "rmdir .clones/c",
        "echo new > .clones/c/new",
      };
      for (String change : changes) {
        store.shell().sh(change).expectFailure(EROFS);
      }
      assertEquals("text", store.shell().ok("cat f; ls d"));
      assertEquals("text", store.shell().ok("cat .snapshots/s/f"));
      assertEquals("text", store.shell().ok("cat .clones/c/f"));
      assertEquals("d f s", store.shell().ok("echo *"));
      assertEquals("2001 2001", store.shell().ok("echo $(stat -c %x f d | cut -d- -f1)"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel", "libfuse"})
  void noatime_leavesAccessTimesAlone(String transport) {
    String old = "touch -a -d '2001-01-01' f d";
    String read = "cat f > /dev/null; ls d; stat -c %x f d | cut -d- -f1";
    try (MountedStore store = mounted(transport)) {
      store.shell().ok("mkdir d; echo text > f; " + old);
      store.umount();
      store.awaitEnd();
      store.mountAt(store.root(), store.store(), "--noatime", "--transport=" + transport);
      assertEquals("2001\n2001", store.shell().ok(read));
      store.remount();
      String now = store.shell().ok(read);
      assertTrue(!now.contains("2001"), now);
    }
  }

  @Test
  void virtualMachineThatPrints_isNotTakenForTheDaemon() throws IOException {
    try (MountedStore store = MountedStore.mounted()) {
      store.umount();
      store.awaitEnd();
      Shell.in(Path.of("/"))
          .with("JDK_JAVA_OPTIONS", "-XX:+PrintCommandLineFlags")
          .run(Brindle.command("mount", store.store(), store.root()))
          .expectSuccess();
    }
  }
}
