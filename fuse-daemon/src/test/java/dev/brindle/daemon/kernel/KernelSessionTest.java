package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.Shell;
import dev.brindle.daemon.Undisturbed;
import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.serve.LookupCounts;
import dev.brindle.daemon.transport.TransportOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a session keeps of the kernel's knowledge, and how it takes it back. */
class KernelSessionTest {
  private static final int POLL_MICROS = 50;

  @TempDir Path directory;
  private final MemoryFileSystem fileSystem = new MemoryFileSystem();
  private MountedMemory mount;
  private Path root;

  @BeforeEach
  void mount() throws IOException {
    mount =
        MountedMemory.mount(
            KernelTransport.create(POLL_MICROS), fileSystem, directory, MountedMemory.LASTING);
    root = mount.root();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mount != null) {
      mount.close();
    }
  }

  private KernelSession session() {
    return (KernelSession) mount.session();
  }

  /** The kernel forgets on threads of its own. */
  private long awaitKnown(long expected) throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    LookupCounts lookups = session().served().lookups();
    while (lookups.size() != expected && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    return lookups.size();
  }

  /** What was removed is let go just after it was forgotten. */
  private void awaitReleased() throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (fileSystem.openHandles() != 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertEquals(0, fileSystem.openHandles());
  }

  @Test
  void lookups_minusForgets_areNoneWhenTheKernelKnowsNothing() throws Exception {
    Shell.ok(
        root,
        """
        mkdir -p a/b c
        for i in $(seq 200); do echo $i > a/$i; ln a/$i c/$i; done
        ls -l a c > /dev/null; find . > /dev/null; stat nothing 2> /dev/null
        mv a/1 a/2; mv a/3 c; rm a/4; ln -s x s; mkfifo p; cat a/5 > /dev/null
        """);
    assertTrue(session().served().lookups().size() > 0);
    Shell.ok(root, "rm -r a c s p");
    assertEquals(0, awaitKnown(0));
    awaitReleased();
  }

  /** Listings that give attributes tell of nodes as lookups do, of known and of unknown ones. */
  @Test
  void lookups_ofListings_areForgotten() throws Exception {
    assumeDropsCaches();
    Shell.ok(
        root, "mkdir a; cd a; seq 1 3000 | xargs touch; for i in $(seq 50); do mkdir d$i; done");
    dropCaches();
    long before = fileSystem.lookups();
    Shell.ok(root, "ls -f a > /dev/null; cd a; ls -l > /dev/null; find . -newer 1 > /dev/null");
    long listed = fileSystem.lookups() - before;
    assertTrue(listed >= 3050, "the listings gave " + listed + " entries with attributes");
    Shell.ok(
        root,
        """
        for i in 1 2 3 4; do (for j in 1 2 3 4 5; do ls -lU a > /dev/null; done) & done
        for i in $(seq 2 3 3000); do rm a/$i; : > a/new$i; done
        wait
        timeout -s KILL 0.05 ls -l a a a a a a > /dev/null || :
        """);
    Shell.ok(root, "rm -r a");
    assertEquals(0, awaitKnown(0));
    awaitReleased();
    assertEquals(1, fileSystem.inodes());
  }

  private static void assumeDropsCaches() {
    assumeTrue(Files.isWritable(Path.of("/proc/sys/vm/drop_caches")), "skipped: root drops caches");
  }

  private static void dropCaches() throws IOException {
    Shell.ok(Path.of("/"), "echo 2 > /proc/sys/vm/drop_caches");
  }

  @Test
  void unnamedFiles_areForgottenWithTheirLastClose() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "skipped: perl opens unnamed files");
    String unnamed = "perl -e '$^F = 9; sysopen(F, \"d\", 020200002, 0600) or exit 9; ";
    Shell.Result first = Shell.run(root, "mkdir d; " + unnamed + "'");
    assumeTrue(first.status() == 0, "skipped: before Linux 6.1 there are none: " + first.output());
    Shell.ok(root, "for i in 1 2 3; do " + unnamed + "print F $$; close(F)'; done; ls -l d");
    assertEquals(1, awaitKnown(1));
    Shell.ok(
        root,
        "for i in 1 2 3; do "
            + unnamed
            + "print F $$; exit system(\"ln -L /proc/self/fd/\" . fileno(F) . \" d/$$\")'; done");
    assertEquals("3", Shell.ok(root, "ls d | wc -l; rm d/*").strip());
    assertEquals(1, awaitKnown(1));
    Shell.ok(root, "rmdir d");
    assertEquals(0, awaitKnown(0));
    awaitReleased();
    assertEquals(1, fileSystem.inodes());
  }

  @Test
  void replacedFile_isLetGoWhenTheKernelForgetsIt() throws Exception {
    Shell.ok(root, "for i in $(seq 50); do echo $i > new; mv new f; done; cat f");
    assertEquals(1, awaitKnown(1));
    awaitReleased();
    assertEquals(2, fileSystem.inodes());
  }

  @Test
  void lastingAnswers_areRemembered() throws Throwable {
    Undisturbed.count(this::expectAnswersRemembered);
  }

  private void expectAnswersRemembered() throws Exception {
    Shell.ok(root, "mkdir -p d; echo x > d/f; stat d/f d/missing || true");
    Thread.sleep(1_200);
    long before = fileSystem.lookups();
    Shell.ok(root, "for i in 1 2 3 4 5; do stat d/f > /dev/null; test ! -e d/missing; done");
    assertEquals(before, fileSystem.lookups());
  }

  @Test
  void idleMount_usesNoProcessorTime() throws Exception {
    Shell.ok(root, "for i in $(seq 300); do echo $i > f; cat f; done > /dev/null");
    Thread.sleep(500);
    long before = workersCpuNanos();
    Thread.sleep(2_000);
    long used = workersCpuNanos() - before;
    assertTrue(used < 1_000_000, used + " ns in two seconds");
  }

  private static long workersCpuNanos() {
    var threads = java.lang.management.ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread instanceof Worker || thread.getName().endsWith("-stand-in"))
        .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
        .sum();
  }

  @Test
  void rootsMount_isReadFurtherAhead() throws Exception {
    assumeTrue(Processes.isRoot(), "skipped: only root can say how far");
    String file = "/sys/class/bdi/$(mountpoint -d .)/read_ahead_kb";
    assertEquals("1024", Shell.ok(root, "cat " + file));
  }

  @Test
  void mountTable_showsTypeSourceAndOptions(@TempDir Path other) throws Exception {
    MountTable.Line line = MountTable.on(root.toRealPath()).orElseThrow();
    assertEquals("fuse.brindle", line.type());
    assertEquals("brindle:test:memory", line.source());
    String plain = Shell.ok(Path.of("/"), "grep ' " + root + " ' /proc/self/mounts");
    assertTrue(plain.contains("nosuid,nodev") && plain.contains("default_permissions"), plain);
    assertFalse(plain.contains("allow_other"), plain);
    var session =
        KernelTransport.create(0)
            .mount(
                fileSystem,
                new TransportOptions(
                    other,
                    "brindle:with, comma:x",
                    true,
                    true,
                    true,
                    true,
                    true,
                    MountedMemory.LASTING));
    try {
      String all = Shell.ok(Path.of("/"), "grep ' " + other + " ' /proc/self/mounts");
      assertTrue(all.contains(" ro,noatime,") && all.contains("allow_other"), all);
      assertFalse(all.contains("nosuid") || all.contains("nodev"), all);
      assertEquals(
          "brindle:with, comma:x", MountTable.on(other.toRealPath()).orElseThrow().source());
    } finally {
      Unmounter.current().unmount(other, false);
      assertTrue(session.awaitEnd(Duration.ofSeconds(20)));
    }
  }

  /** The way of ordinary users; root may go it too. */
  @Test
  void fusermount_sendsADescriptorThatServes(@TempDir Path other) throws Exception {
    assumeTrue(Processes.isRoot(), "skipped: the other tests mount by fusermount already");
    Device device = Fusermount.mount(TransportOptions.of(other, "brindle:a,b:c"));
    try {
      assertNotEquals(0, device.descriptor());
      assertEquals("brindle:a,b:c", MountTable.on(other.toRealPath()).orElseThrow().source());
      assertEquals("fuse.brindle", MountTable.on(other.toRealPath()).orElseThrow().type());
    } finally {
      device.close();
      Unmounter.current().unmount(other, true);
    }
  }

  /**
   * Whoever owns a file is not asked about; of others' files the kernel keeps that there is none.
   */
  @Test
  void accessLists_thatAreNotThere_costNoRequestOrOne() throws Throwable {
    assumeTrue(Processes.isRoot(), "skipped: root gives files away");
    Undisturbed.count(this::expectFewAclQuestions);
  }

  private void expectFewAclQuestions() throws Exception {
    Shell.ok(root, "rm -rf d");
    long before = fileSystem.aclQuestions();
    Shell.ok(
        root, "mkdir -p d/e; echo x > d/e/own; echo x >> d/e/own; cat d/e/own; ls d/e; rm d/e/own");
    assertEquals(before, fileSystem.aclQuestions());
    Shell.ok(root, "echo x > d/e/other; chown -R 5:5 d; chmod -R ug+rwX d");
    Shell.ok(root, "echo y >> d/e/other; echo x > d/e/new; cat d/e/other d/e/new");
    String reads = "for i in 1 2 3; do cat d/e/other; cat d/e/new; stat d/e/new; done";
    Shell.ok(root, reads);
    long asked = fileSystem.aclQuestions() - before;
    assertTrue(asked > 0 && asked <= 8, asked + " questions for two directories and two files");
    Shell.ok(root, reads);
    assertEquals(asked, fileSystem.aclQuestions() - before);
  }

  @Test
  void fusermount_isToldOfItsSocketOnce_whateverWasInherited() {
    var environment =
        Fusermount.environment(
            java.util.Map.of("_FUSE_COMMFD", "17", "LC_ALL", "de_DE", "PATH", "/bin"));
    assertEquals(java.util.List.of("LC_ALL=C", "PATH=/bin", "_FUSE_COMMFD=3"), environment);
  }

  @Test
  void lookups_areNoneAfterTheKernelDropsItsCaches() throws Exception {
    assumeDropsCaches();
    Shell.ok(
        root,
        """
        mkdir -p a/b; for i in $(seq 100); do echo $i > a/$i; ln -s $i a/b/$i; done
        ls -l a a/b > /dev/null; cat a/* > /dev/null 2>&1; stat a/missing 2> /dev/null
        exec 3<a/1; rm a/1; exec 3<&-
        """);
    assertTrue(session().served().lookups().size() > 100);
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (session().served().lookups().size() > 0 && System.nanoTime() < deadline) {
      dropCaches();
      Thread.sleep(50);
    }
    assertEquals(0, session().served().lookups().size());
    assertEquals("200", Shell.ok(root, "find a -mindepth 1 | wc -l"));
  }

  @Test
  void fusermount_thatRefuses_saysWhy(@TempDir Path other) {
    IOException refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            IOException.class,
            () -> Fusermount.mount(TransportOptions.of(other.resolve("nowhere"), "brindle:x:y")));
    assertTrue(refused.getMessage().contains("fusermount"), refused.getMessage());
    assertTrue(refused.getMessage().contains("nowhere"), refused.getMessage());
  }
}
