package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A directory that is far larger than a request, listed through the kernel. */
@TestMethodOrder(MethodOrderer.MethodName.class)
final class LargeDirectoryIT {
  private static final int FILES = Boolean.getBoolean("brindle.full") ? 1_000_000 : 100_000;

  /** Too little for all the names of a few listings. */
  private static final int HEAP_MIB = Boolean.getBoolean("brindle.full") ? 256 : 64;

  private static MountedStore fixture;
  private static long pid;

  @BeforeAll
  static void makeDirectory() throws IOException {
    fixture = MountedStore.prepared().with("_JAVA_OPTIONS", "-Xmx" + HEAP_MIB + "m");
    Brindle.ok("init", fixture.store());
    try (Store store = Store.open(fixture.store(), StoreOptions.defaults())) {
      WritableFileTree tree = store.open(store.volume("main").id());
      long directory = tree.mkdir(FileTree.ROOT_INODE, Name.of("large"), 0755, 0, 0).inode();
      for (int i = 0; i < FILES; i++) {
        tree.create(directory, Name.of(name(i)), FileMode.REGULAR | 0644, 0, 0, 0);
      }
    }
    fixture.mount();
    pid = fixture.daemonPid();
  }

  @AfterAll
  static void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static String name(int number) {
    return "stays-" + number;
  }

  /** Lists once: each of the names that stay is there once, and others as often as they like. */
  private static int list(Path directory) throws IOException {
    BitSet seen = new BitSet(FILES);
    int others = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.startsWith("stays-")) {
          int number = Integer.parseInt(name.substring("stays-".length()));
          assertTrue(!seen.get(number), () -> name + " is listed twice");
          seen.set(number);
        } else {
          others++;
        }
      }
    }
    assertEquals(FILES, seen.cardinality(), () -> "missing: " + name(seen.nextClearBit(0)));
    return others;
  }

  @Test
  void listing_hasEveryNameOnce() throws IOException {
    assertEquals(0, list(fixture.path("large")));
    assertEquals(
        Integer.toString(FILES), fixture.shell().ok("find large -mindepth 1 | sort -u | wc -l"));
    expectBoundedHeap();
  }

  @Test
  void listing_whileNamesComeAndGo_hasThoseThatStayOnce() throws Exception {
    Path directory = fixture.path("large");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread churn =
        new Thread(
            () -> {
              try {
                for (int i = 0; !stop.get(); i++) {
                  Files.createFile(directory.resolve("comes-" + i));
                  Files.move(directory.resolve("comes-" + i), directory.resolve("renamed-" + i));
                  if (i >= 50) {
                    Files.delete(directory.resolve("renamed-" + (i - 50)));
                  }
                }
              } catch (IOException e) {
                failure.set(e);
              }
            });
    churn.start();
    try {
      for (int round = 0; round < 3; round++) {
        list(directory);
      }
    } finally {
      stop.set(true);
      churn.join();
    }
    assertEquals(null, failure.get());
    fixture.shell().ok("find large -name 'renamed-*' -delete");
    assertEquals(0, list(directory));
    expectBoundedHeap();
  }

  @Test
  void snapshotListing_whileTheVolumeIsEmptied_hasEveryNameOnce() throws Exception {
    Files.createDirectory(fixture.path(".snapshots/full"));
    Path past = fixture.path(".snapshots/full/large");
    Process emptying =
        fixture
            .shell()
            .start(
                java.util.List.of("find", "large", "-name", "*7", "-delete"),
                ProcessBuilder.Redirect.DISCARD,
                ProcessBuilder.Redirect.INHERIT);
    try {
      assertEquals(0, list(past));
      assertEquals(0, emptying.waitFor());
      assertEquals(0, list(past));
      assertEquals(
          Integer.toString(FILES - FILES / 10),
          fixture.shell().ok("find large -mindepth 1 | wc -l"));
    } finally {
      Shell.end(emptying);
    }
    expectBoundedHeap();
  }

  /** The daemon, which ends when its memory does, is there yet. */
  private static void expectBoundedHeap() {
    JsonObject daemon = fixture.status().getAsJsonObject("daemon");
    assertEquals(pid, daemon.get("pid").getAsLong());
    long bytes = daemon.get("heapBytesMax").getAsLong();
    assertTrue(bytes <= HEAP_MIB << 20, bytes + " bytes of heap");
  }
}
