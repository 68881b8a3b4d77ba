package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.Shell;
import dev.brindle.daemon.Undisturbed;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.store.DirectoryVisitor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listings that the kernel keeps. */
class KernelListingTest {
  private static final class Counting extends MemoryFileSystem {
    final AtomicInteger listings = new AtomicInteger();

    @Override
    public synchronized void readdir(long handle, long cookie, DirectoryVisitor visitor)
        throws IOException {
      listings.incrementAndGet();
      super.readdir(handle, cookie, visitor);
    }
  }

  private final Counting fileSystem = new Counting();
  @TempDir Path directory;
  @TempDir Path other;

  private MountedMemory mount(Path mountPoint, CachingOptions caching) throws IOException {
    return MountedMemory.mount(KernelTransport.create(0), fileSystem, mountPoint, caching);
  }

  @Test
  void listing_ofAnUnchangedDirectory_comesFromTheKernel() throws Throwable {
    try (MountedMemory mount = mount(directory, MountedMemory.LASTING)) {
      Undisturbed.count(() -> expectListingsKept(mount.root()));
    }
  }

  private void expectListingsKept(Path root) throws IOException {
    Shell.ok(root, "rm -rf d; mkdir d; for i in $(seq 500); do : > d/f$i; done; ls d; ls d");
    int before = fileSystem.listings.get();
    assertEquals("500\n500", Shell.ok(root, "ls -a d | grep -c f; ls d | wc -l"));
    assertEquals(before, fileSystem.listings.get());
    assertEquals(
        "499\n501", Shell.ok(root, "rm d/f7; ls d | wc -l; : > d/g; : > d/h; ls d | wc -l"));
    assertTrue(fileSystem.listings.get() > before);
  }

  @Test
  void listing_thatTheKernelSoonForgets_isNotKept() throws Exception {
    try (MountedMemory mount = mount(directory, new CachingOptions(1, 1, 0, true, false))) {
      Shell.ok(mount.root(), "mkdir d; : > d/f; ls d; ls d");
      int before = fileSystem.listings.get();
      assertEquals("f", Shell.ok(mount.root(), "ls d"));
      assertTrue(fileSystem.listings.get() > before);
    }
  }

  /** Each listing begins by an opening, and is right then, whoever made the last change. */
  @Test
  void listing_afterRandomChangesByTwoMounts_isRight() throws Exception {
    Random random = new Random(4);
    TreeSet<String> model = new TreeSet<>();
    try (MountedMemory one = mount(directory, MountedMemory.LASTING);
        MountedMemory two = mount(other, MountedMemory.LASTING)) {
      Shell.ok(one.root(), "mkdir d");
      for (int round = 0; round < 60; round++) {
        Path changing = random.nextBoolean() ? one.root() : two.root();
        String script =
            IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> change(model, random))
                .collect(Collectors.joining("; "));
        Shell.ok(changing, "cd d; :; " + script);
        Path listing = random.nextBoolean() ? one.root() : two.root();
        String expected = String.join("\n", model);
        assertEquals(expected, Shell.ok(listing, "ls d"), "round " + round);
      }
    }
  }

  /** Names are used once: the other mount's kernel would answer from what it knows of old ones. */
  private static String change(TreeSet<String> model, Random random) {
    if (!model.isEmpty() && random.nextInt(3) == 0) {
      String gone = model.first();
      model.remove(gone);
      return "rm -f " + gone;
    }
    String added = "n" + (100_000 + random.nextInt(800_000));
    return model.add(added) ? ": > " + added : ":";
  }
}
