package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** {@code cp} by reference: within a volume, out of snapshots and into clones. */
final class CopyIT {
  private static final long ORIGINAL_BYTES = 50_000_000;
  private static final long SLACK_BYTES = 1 << 20;

  @Test
  void cp_takesNoSpace_andTheLastCopyGivesItBack() {
    try (MountedStore store = MountedStore.mounted("--transport=kernel")) {
      Shell shell = store.shell();
      shell.ok("head -c " + ORIGINAL_BYTES + " /dev/urandom > original; sync original");
      long live = live(store);
      shell.ok(
          """
          set -e
          cp --reflink=auto original copy
          mkdir .snapshots/s .clones/c
          cp --reflink=auto .snapshots/s/original restored
          cp --reflink=auto copy .clones/c/copied
          sync copy restored .clones/c/copied
          cmp original copy
          cmp original restored
          cmp original .clones/c/copied
          """);
      assertLive(store, live);
      shell.ok("printf x | dd of=copy bs=1 seek=1000000 conv=notrunc status=none; rm original");
      shell.ok("cmp .snapshots/s/original restored; rmdir .snapshots/s .clones/c");
      store.remount();
      assertLive(store, live);
      shell.ok("sha256sum < restored > sum; cp --reflink=auto restored again; rm restored copy");
      shell.ok("sha256sum < again | cmp - sum");
      assertLive(store, live);
      shell.ok("rm again");
      assertLive(store, live - ORIGINAL_BYTES);
    }
  }

  private static void assertLive(MountedStore store, long expected) {
    Brindle.ok("reclaim", store.store());
    long found = live(store);
    assertTrue(
        Math.abs(found - expected) < SLACK_BYTES, "live: " + found + ", expected: " + expected);
  }

  private static long live(MountedStore store) {
    return store.status().getAsJsonObject("store").get("liveBytes").getAsLong();
  }
}
