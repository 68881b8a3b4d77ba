package dev.brindle.store.model;

import java.io.IOException;

/** Operations on the store as a whole. */
final class StoreOperations {
  private StoreOperations() {}

  static void sync(Lockstep lockstep, Pick pick) throws IOException {
    if (lockstep.run("sync", () -> lockstep.store().sync(), () -> {})) {
      lockstep.history().allDurable();
    }
  }

  static void syncVolume(Lockstep lockstep, Pick pick) throws IOException {
    long volume = pick.volume().id();
    if (lockstep.run("sync volume " + volume, () -> lockstep.open(volume).sync(), () -> {})) {
      lockstep.history().namesDurable();
      lockstep.history().volumeDurable(volume);
    }
  }

  static void checkpoint(Lockstep lockstep, Pick pick) throws IOException {
    if (lockstep.run("checkpoint", () -> lockstep.store().checkpoint(), () -> {})) {
      lockstep.history().allDurable();
    }
  }

  static void reclaim(Lockstep lockstep, Pick pick) throws IOException {
    lockstep.run("reclaim", () -> lockstep.store().reclaim(), () -> {});
  }

  static void reopen(Lockstep lockstep, Pick pick) throws IOException {
    lockstep.reopen();
  }

  /** Crashes, often after a while in which nothing is made durable by the caller. */
  static void crash(Lockstep lockstep, Pick pick) throws IOException {
    int changes = pick.oneIn(3) ? 0 : pick.random().nextInt(80);
    for (int i = 0; i < changes && pick.hasVolume(); i++) {
      Operation.randomChange(pick.random()).run(lockstep);
    }
    lockstep.crash(pick.random().nextLong());
  }

  /** Crashes in the middle of whatever the disk is used for. */
  static void crashDuring(Lockstep lockstep, Pick pick) throws IOException {
    lockstep.crashDuring(
        pick.random(), () -> Operation.randomWithoutCrash(pick.random()).run(lockstep));
  }

  /** Reads everything back. */
  static void compare(Lockstep lockstep, Pick pick) throws IOException {
    boolean settled = pick.oneIn(2);
    if (settled) {
      sync(lockstep, pick);
    }
    lockstep.note("compare");
    lockstep.compareAll(pick.random(), 4, settled);
  }

  static void check(Lockstep lockstep, Pick pick) throws IOException {
    lockstep.note("check");
    lockstep.check(false);
  }
}
