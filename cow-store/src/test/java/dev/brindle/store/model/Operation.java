package dev.brindle.store.model;

import java.io.IOException;
import java.util.Random;

/**
 * A kind of operation. A step of a sequence is a kind and a seed: its operands are chosen from what
 * the model holds at that moment, so that any part of a sequence can be run by itself.
 */
enum Operation {
  CREATE(60, NamespaceOperations::create),
  FILL(1, NamespaceOperations::fill),
  MKDIR(20, NamespaceOperations::mkdir),
  SYMLINK(10, NamespaceOperations::symlink),
  LINK(15, NamespaceOperations::link),
  UNLINK(35, NamespaceOperations::unlink),
  RMDIR(12, NamespaceOperations::rmdir),
  RENAME(50, NamespaceOperations::rename),
  REMOVE_TREE(2, NamespaceOperations::removeTree),
  LOOKUP(10, NamespaceOperations::lookup),
  CHMOD(12, AttributeOperations::chmod),
  CHOWN(8, AttributeOperations::chown),
  SET_FLAGS(8, AttributeOperations::setFlags),
  UTIMENS(8, AttributeOperations::utimens),
  GETATTR(8, AttributeOperations::getattr),
  TOUCH(8, AttributeOperations::touch),
  SETXATTR(25, AttributeOperations::setxattr),
  SET_ACL(15, AttributeOperations::setAcl),
  REMOVEXATTR(12, AttributeOperations::removexattr),
  GETXATTR(5, AttributeOperations::getxattr),
  WRITE(110, DataOperations::write),
  SCATTER(2, DataOperations::scatter),
  APPEND(30, DataOperations::append),
  COPY(30, DataOperations::copy),
  TRUNCATE(30, DataOperations::truncate),
  FALLOCATE(30, DataOperations::fallocate),
  READ(40, DataOperations::read),
  SEEK(12, DataOperations::seek),
  FSYNC(14, DataOperations::fsync),
  HOLD(6, HoldOperations::hold),
  CREATE_HELD(8, HoldOperations::createHeld),
  CREATE_UNNAMED(8, HoldOperations::createUnnamed),
  RELEASE(12, HoldOperations::release),
  HOLD_AND_UNLINK(8, HoldOperations::holdAndUnlink),
  LIST(8, ListingOperations::listUnderChange),
  VOLUME_CREATE(3, VersionOperations::createVolume),
  VOLUME_RENAME(2, VersionOperations::renameVolume),
  VOLUME_DELETE(2, VersionOperations::deleteVolume),
  SNAPSHOT_CREATE(12, VersionOperations::createSnapshot),
  SNAPSHOT_RENAME(3, VersionOperations::renameSnapshot),
  SNAPSHOT_DELETE(8, VersionOperations::deleteSnapshot),
  CLONE_VOLUME(3, VersionOperations::cloneVolume),
  CLONE_SNAPSHOT(4, VersionOperations::cloneSnapshot),
  DIFF(5, VersionOperations::diff),
  SYNC(3, StoreOperations::sync),
  SYNC_VOLUME(3, StoreOperations::syncVolume),
  CHECKPOINT(4, StoreOperations::checkpoint),
  RECLAIM(3, StoreOperations::reclaim),
  COMPARE(2, StoreOperations::compare),
  CHECK(2, StoreOperations::check),
  REOPEN(2, StoreOperations::reopen),
  CRASH(3, StoreOperations::crash),
  CRASH_DURING(4, StoreOperations::crashDuring);

  private interface Body {
    void run(Lockstep lockstep, Pick pick) throws IOException;
  }

  private static final int WEIGHTS = weights();

  private final int weight;
  private final Body body;

  Operation(int weight, Body body) {
    this.weight = weight;
    this.body = body;
  }

  /** One kind with its seed. */
  record Step(Operation operation, long seed) {
    void run(Lockstep lockstep) throws IOException {
      Pick pick = new Pick(lockstep, new Random(seed));
      boolean needsVolume = !pick.hasVolume() && operation.ordinal() < REOPEN.ordinal();
      (needsVolume ? VOLUME_CREATE : operation).body.run(lockstep, pick);
    }
  }

  static Step random(Random random) {
    int at = random.nextInt(WEIGHTS);
    for (Operation operation : values()) {
      at -= operation.weight;
      if (at < 0) {
        return new Step(operation, random.nextLong());
      }
    }
    throw new IllegalStateException();
  }

  /** An operation on a tree that makes nothing durable. */
  static Step randomChange(Random random) {
    while (true) {
      Step step = random(random);
      if (step.operation().ordinal() <= LIST.ordinal() && step.operation() != FSYNC) {
        return step;
      }
    }
  }

  /** Any operation but a crash or a comparison. */
  static Step randomWithoutCrash(Random random) {
    while (true) {
      Step step = random(random);
      Operation operation = step.operation();
      if (operation.ordinal() < COMPARE.ordinal() && operation != DIFF || operation == REOPEN) {
        return step;
      }
    }
  }

  private static int weights() {
    int sum = 0;
    for (Operation operation : values()) {
      sum += operation.weight;
    }
    return sum;
  }
}
