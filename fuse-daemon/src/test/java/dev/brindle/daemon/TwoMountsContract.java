package dev.brindle.daemon;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.OpenFile;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One volume that is mounted twice: what the one mount changes, the other sees; at once where it
 * opens a file, and else before long.
 */
public abstract class TwoMountsContract {
  protected static final long SOON_NANOS = 20_000_000_000L;

  @TempDir Path directory;
  private MountedStore store;
  protected Path one;
  protected Path other;

  protected abstract Transport transport() throws IOException;

  private Path mount(String volume, String name) throws IOException {
    Path mountPoint = Files.createDirectory(directory.resolve(name));
    return store.mount(transport(), volume, mountPoint).root();
  }

  @BeforeEach
  void mount() throws IOException {
    store = MountedStore.create(directory.resolve("store"));
    one = mount("main", "one");
    other = mount("main", "other");
  }

  @AfterEach
  void unmount() throws Exception {
    if (store != null) {
      store.close();
    }
  }

  /** Waits until a script in a directory prints this. */
  protected static void soon(Path where, String expected, String script) throws IOException {
    long deadline = System.nanoTime() + SOON_NANOS;
    String found;
    do {
      found = Shell.ok(where, script);
      if (found.equals(expected)) {
        return;
      }
    } while (System.nanoTime() < deadline);
    assertEquals(expected, found, script);
  }

  @Test
  void append_afterAnotherMountExtended_goesToTheEnd() throws Exception {
    Files.writeString(one.resolve("f"), "one\n");
    Shell.ok(one, "cat f; stat f; exec 3>>f; cd " + other + "; echo two >> f; echo three >&3");
    assertEquals("one\ntwo\nthree", Shell.ok(other, "cat f"));
  }

  @Test
  void open_afterAnotherMountWrote_seesItAtOnce() throws Exception {
    for (int i = 0; i < 50; i++) {
      String text = "x".repeat(i * 100) + i;
      Files.writeString(one.resolve("f"), text);
      assertEquals(text, Files.readString(other.resolve("f")));
      Files.writeString(other.resolve("f"), text.replace('x', 'y'));
      assertEquals(text.replace('x', 'y'), Files.readString(one.resolve("f")));
    }
  }

  /** Whatever the kernel has of the file, and whoever changed it last. */
  @ParameterizedTest
  @ValueSource(ints = {6_000, 600_000})
  void open_afterRandomChangesByEitherMount_readsThemAll(int bytes) throws Exception {
    Random random = new Random(bytes);
    byte[] model = new byte[bytes];
    Files.write(one.resolve("f"), model);
    for (int round = 0; round < 300; round++) {
      Path changing = (random.nextBoolean() ? one : other).resolve("f");
      byte[] piece = new byte[1 + random.nextInt(random.nextBoolean() ? 10 : 5_000)];
      random.nextBytes(piece);
      switch (random.nextInt(4)) {
        case 0 -> {
          Files.write(changing, piece, StandardOpenOption.APPEND);
          int end = model.length;
          model = Arrays.copyOf(model, end + piece.length);
          System.arraycopy(piece, 0, model, end, piece.length);
        }
        case 1 -> {
          int size = model.length - random.nextInt(Math.min(model.length / 2, 3_000));
          try (FileChannel file = FileChannel.open(changing, WRITE)) {
            file.truncate(size);
          }
          model = Arrays.copyOf(model, size);
        }
        default -> {
          int at = random.nextInt(model.length - Math.min(model.length, piece.length) + 1);
          OpenOption[] options =
              random.nextBoolean() ? new OpenOption[] {WRITE} : new OpenOption[] {READ, WRITE};
          try (FileChannel file = FileChannel.open(changing, options)) {
            file.write(ByteBuffer.wrap(piece), at);
          }
          model = Arrays.copyOf(model, Math.max(model.length, at + piece.length));
          System.arraycopy(piece, 0, model, at, piece.length);
        }
      }
      Path reading = (random.nextBoolean() ? one : other).resolve("f");
      assertArrayEquals(model, Files.readAllBytes(reading), "round " + round);
    }
  }

  /** By a program that does not ask for the size, in several requests at a time. */
  @Test
  void read_ofWhatAnotherMountCut_endsThere() throws Exception {
    Random random = new Random(5);
    byte[] content = new byte[1_300_000];
    random.nextBytes(content);
    for (int round = 0; round < 60; round++) {
      Files.write(other.resolve("f"), content);
      int size = 1 + random.nextInt(1 << 20);
      try (FileChannel before = FileChannel.open(one.resolve("f"))) {
        beginning(before, content);
        try (FileChannel cutting = FileChannel.open(other.resolve("f"), WRITE)) {
          cutting.truncate(size);
        }
        try (FileChannel after = FileChannel.open(one.resolve("f"))) {
          assertEquals(Math.min(size, 1 << 20), beginning(after, content), "round " + round);
        }
      }
    }
  }

  @Test
  void read_byADescriptorThatIsOpen_ofWhatAnotherMountCuts_showsNothingElse() throws Exception {
    Random random = new Random(6);
    byte[] content = new byte[1_300_000];
    random.nextBytes(content);
    for (int round = 0; round < 60; round++) {
      Files.write(other.resolve("f"), content);
      try (FileChannel held = FileChannel.open(one.resolve("f"))) {
        beginning(held, content);
        try (FileChannel cutting = FileChannel.open(other.resolve("f"), WRITE)) {
          cutting.truncate(1 + random.nextInt(1 << 20));
        }
        Thread.sleep(random.nextInt(20));
        beginning(held, content);
      }
    }
  }

  /** How long it is; it is to be that of the content. */
  private static int beginning(FileChannel file, byte[] content) throws IOException {
    ByteBuffer read = ByteBuffer.allocateDirect(1 << 20);
    int count = file.read(read, 0);
    ByteBuffer expected = ByteBuffer.wrap(content, 0, count);
    assertEquals(expected, read.flip(), count + " bytes");
    return count;
  }

  @Test
  void names_thatAnotherMountMakesAndRemoves_comeAndGo() throws Exception {
    String look = "cat d/f d/g 2>/dev/null; ls d 2>/dev/null | tr '\\n' ' '; true";
    Shell.ok(one, "mkdir d");
    for (int round = 0; round < 5; round++) {
      assertEquals("", Shell.ok(one, look));
      soon(other, "", look);
      Shell.ok(other, "echo made > d/f");
      soon(one, "made\nf", look);
      Shell.ok(other, "mv d/f d/g");
      soon(one, "made\ng", look);
      Shell.ok(other, "echo again > d/new; mv d/new d/g");
      soon(one, "again\ng", look);
      Shell.ok(other, "rm d/g");
      soon(one, "", look);
    }
  }

  /** Its name is gone before the kernel hears of it: it is made once all the same, and open. */
  @Test
  void create_ofWhatAnotherMountRemovesAtOnce_succeeds() throws Exception {
    AtomicInteger made = new AtomicInteger();
    Path third = Files.createDirectory(directory.resolve("third"));
    UnaryOperator<InodeFileSystem> losing =
        target ->
            Intercepted.of(
                target,
                (operation, arguments) -> {
                  if (!operation.equals("create")) {
                    return null;
                  }
                  OpenFile file = create(target, arguments);
                  made.incrementAndGet();
                  Shell.ok(one, "rm f");
                  return file;
                });
    store.mount(transport(), "main", third, transport().caching(), losing);
    long inodes = inodes();
    try (FileChannel file = FileChannel.open(third.resolve("f"), CREATE_NEW, READ, WRITE)) {
      assertEquals(1, made.get());
      file.write(ByteBuffer.wrap(new byte[] {'x'}));
      ByteBuffer read = ByteBuffer.allocate(2);
      assertEquals(1, file.read(read, 0));
      assertEquals('x', read.get(0));
      assertEquals(inodes + 1, inodes());
      soon(third, "", "ls; stat f 2>/dev/null || true");
    }
    for (long end = System.nanoTime() + SOON_NANOS; inodes() > inodes; ) {
      assertTrue(System.nanoTime() < end, "the file stays after its last close");
    }
  }

  private static OpenFile create(InodeFileSystem target, Object[] arguments) throws IOException {
    return target.create(
        (Caller) arguments[0],
        (Long) arguments[1],
        (Name) arguments[2],
        (Integer) arguments[3],
        (Boolean) arguments[4]);
  }

  private long inodes() throws IOException {
    Store opened = store.store();
    return opened.open(opened.volume("main").id()).statistics().inodes();
  }

  @Test
  void directories_thatAnotherMountMoves_areFoundWhereTheyAre() throws Exception {
    Shell.ok(one, "mkdir -p a/b; echo x > a/b/f; cat a/b/f; stat c 2>/dev/null; true");
    Shell.ok(other, "mv a c");
    soon(one, "x", "cat c/b/f 2>/dev/null; cat a/b/f 2>/dev/null; true");
    Shell.ok(other, "rm -r c; mkdir a");
    soon(one, "a", "ls; ls a; cat c/b/f 2>/dev/null; true");
  }

  @Test
  void attributes_thatAnotherMountSets_areSeen() throws Exception {
    String look = "stat -c '%a %h %s %Y' f; stat -c %a d; getfattr -n user.x --only-values f; true";
    Shell.ok(one, "echo text > f; mkdir d; setfattr -n user.x -v 1 f; touch -d @5 f; chmod 644 f");
    assertEquals("644 1 5 5\n755\n1", Shell.ok(one, look));
    Shell.ok(other, "chmod 600 f; chmod 700 d; ln f hard; setfattr -n user.x -v 2 f");
    soon(one, "600 2 5 5\n700\n2", look);
    Shell.ok(other, "rm hard; truncate -s 3 f; touch -d @7 f");
    soon(one, "600 1 3 7\n700\n2", look);
  }

  @Test
  void clone_changedThroughItsOriginAndByItself_isOne() throws Exception {
    Shell.ok(one, "echo x > f; mkdir .clones/c; cat .clones/c/f; stat .clones/c/g || true");
    Path clone = mount("main/c", "clone");
    Shell.ok(clone, "cat f; stat g || true; stat h || true; echo y > g; rm f");
    soon(one, "y", "cat .clones/c/f .clones/c/g 2>/dev/null; true");
    Shell.ok(one, "echo z > .clones/c/h; rm .clones/c/g");
    soon(clone, "z", "cat g h 2>/dev/null; true");
    assertEquals("x", Shell.ok(other, "cat f"));
  }

  @Test
  void mountBelow_staysWhenAnotherMountChangesWhatIsAround() throws Exception {
    assumeTrue(Processes.isRoot(), "skipped: only root can mount there");
    Shell.ok(one, "mkdir -p d/here; mount -t tmpfs brindle-test d/here; echo x > d/here/f; ls -R");
    try {
      Shell.ok(other, "echo y > d/g; chmod 711 d d/here; touch d/here; mkdir e; mv e d/e");
      soon(one, "y\n711", "cat d/g 2>/dev/null; stat -c %a d");
      assertEquals("x", Shell.ok(one, "cat d/here/f"));
    } finally {
      Shell.ok(one, "umount d/here");
    }
  }

  /** Each in its own order of directories: no thread of one may wait for the other's locks. */
  @Test
  void bothMountsAtOnce_doNotWaitForEachOther() throws Exception {
    Shell.ok(one, "mkdir a b");
    String script =
        """
        for i in $(seq 300); do
          echo $i > %1$s/f; mv %1$s/f %2$s/f 2>/dev/null; ls -l a b >/dev/null 2>&1; rm -f %2$s/f
          cat %2$s/f %1$s/f >/dev/null 2>&1
        done; true
        """;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> first = threads.submit(() -> Shell.ok(one, script.formatted("a", "b")));
      Future<?> second = threads.submit(() -> Shell.ok(other, script.formatted("b", "a")));
      first.get(2, TimeUnit.MINUTES);
      second.get(2, TimeUnit.MINUTES);
    } finally {
      threads.shutdownNow();
    }
    soon(one, "a\nb", "ls");
  }
}
