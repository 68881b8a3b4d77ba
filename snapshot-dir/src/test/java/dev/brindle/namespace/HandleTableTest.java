package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.namespace.Handle.Use;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

class HandleTableTest {
  private static final int THREADS = 4;
  private static final int STEPS = 20_000;
  private static final int SLOTS = 64;

  private final FakeStore store = new FakeStore();
  private final long volume = store.createVolume("main", 0, 0);
  private final View view = new ViewTable(store, volume).mounted();
  private final HandleTable table = new HandleTable();

  /**
   * Threads open, look up and release handles that they share: each handle is released once, and a
   * number never leads to another inode than it was made for.
   */
  @Test
  void handles_underRandomInterleavings_areNeverMixedUp() throws Exception {
    long seed = System.nanoTime();
    System.out.println("HandleTableTest seed " + seed);
    FileTree tree = store.open(volume);
    long[] inodes = new long[8];
    for (int i = 0; i < inodes.length; i++) {
      inodes[i] = store.open(volume).create(1, Name.of("f" + i), FileMode.REGULAR, 0, 0, 0).inode();
    }
    AtomicLongArray slots = new AtomicLongArray(SLOTS);
    ConcurrentHashMap<Long, Long> madeFor = new ConcurrentHashMap<>();
    Set<Long> given = ConcurrentHashMap.newKeySet();
    AtomicInteger released = new AtomicInteger();
    List<Callable<Void>> workers = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Random random = new Random(seed + t);
      workers.add(
          () -> {
            for (int i = 0; i < STEPS; i++) {
              int slot = random.nextInt(SLOTS);
              long number = slots.get(slot);
              if (number == 0) {
                Node node = new Node(view, NodeKind.INODE, inodes[random.nextInt(8)]);
                long made = table.add(Handle.open(node, tree, Use.READ));
                assertTrue(given.add(made), "number given twice");
                madeFor.put(made, node.inode());
                if (!slots.compareAndSet(slot, 0, made)) {
                  table.release(made);
                  released.incrementAndGet();
                }
              } else if (random.nextInt(4) == 0) {
                released.addAndGet(release(number));
                slots.compareAndSet(slot, number, 0);
              } else {
                check(number, madeFor);
              }
            }
            return null;
          });
    }
    run(workers);
    for (int slot = 0; slot < SLOTS; slot++) {
      if (slots.get(slot) != 0) {
        released.addAndGet(release(slots.get(slot)));
      }
    }
    assertEquals(given.size(), released.get());
    ((FakeTree) tree).delete();
  }

  @Test
  void handles_pastTheBound_areRefused() throws IOException {
    FileTree tree = store.open(volume);
    long inode = store.open(volume).create(1, Name.of("f"), FileMode.REGULAR, 0, 0, 0).inode();
    Node node = new Node(view, NodeKind.INODE, inode);
    long last = 0;
    for (int i = 0; i < HandleTable.HANDLES_MAX; i++) {
      table.refuseMore();
      last = table.add(Handle.open(node, tree, Use.READ));
    }
    FileSystemException full = assertThrows(FileSystemException.class, table::refuseMore);
    assertEquals(Errno.ENFILE, full.errno());
    table.release(last);
    table.refuseMore();
    table.releaseAll();
  }

  private void check(long number, ConcurrentHashMap<Long, Long> madeFor) throws IOException {
    try {
      assertEquals(madeFor.get(number), table.file(number).node().inode());
    } catch (FileSystemException e) {
      assertEquals(Errno.EBADF, e.errno());
    }
  }

  private int release(long number) throws IOException {
    try {
      table.release(number);
      return 1;
    } catch (FileSystemException e) {
      assertEquals(Errno.EBADF, e.errno());
      return 0;
    }
  }

  private static void run(List<Callable<Void>> workers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    try {
      for (Future<Void> done : threads.invokeAll(workers)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void releaseAll_leavesNothingHeld() throws IOException {
    for (int i = 0; i < 10; i++) {
      table.add(Handle.open(view.root(), view.tree(), Use.LIST));
    }
    table.releaseAll();
    ((FakeTree) store.open(volume)).delete();
  }
}
