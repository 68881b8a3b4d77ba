package dev.brindle.store.model;

/** A kind of call of a concurrent history. */
enum ConcurrentOperation {
  // names, and what is left without one
  CREATE(8, NameCalls::create),
  MKDIR(5, NameCalls::mkdir),
  MKFIFO(3, NameCalls::mkfifo),
  LINK(4, NameCalls::link),
  LINK_NEW(3, NameCalls::linkNew),
  UNLINK(7, NameCalls::unlink),
  RMDIR(4, NameCalls::rmdir),
  RENAME(12, NameCalls::rename),
  LOOKUP(8, NameCalls::lookup),
  LIST(6, NameCalls::list),
  PARENT(2, NameCalls::parent),
  HOLD(5, HoldCalls::hold),
  CREATE_HELD(4, HoldCalls::createHeld),
  CREATE_UNNAMED(4, HoldCalls::createUnnamed),
  UNLINK_HELD(4, HoldCalls::unlinkHeld),
  RMDIR_HELD(4, HoldCalls::rmdirHeld),
  RENAME_HELD(4, HoldCalls::renameHeld),

  // one inode
  GETATTR(5, FileCalls::getattr),
  CHMOD(3, FileCalls::chmod),
  SETXATTR(2, FileCalls::setxattr),
  GETXATTR(2, FileCalls::getxattr),
  WRITE(8, FileCalls::write),
  APPEND(4, FileCalls::append),
  TRUNCATE(4, FileCalls::truncate),
  PUNCH(2, FileCalls::punch),
  COPY(6, CopyCalls::copy),
  READ(10, FileCalls::read),
  FSYNC(3, FileCalls::fsync),

  // versions as wholes
  SNAPSHOT(4, VersionCalls::snapshot),
  SNAPSHOT_DELETE(4, VersionCalls::deleteSnapshot),
  SNAPSHOT_RENAME(4, VersionCalls::renameSnapshot),
  SNAPSHOTS(3, VersionCalls::snapshots),
  CLONE(3, VersionCalls::cloneVolume),
  CLONE_SNAPSHOT(3, VersionCalls::cloneSnapshot),
  CLONES(3, VersionCalls::clones),
  VOLUME_RENAME(2, VersionCalls::renameVolume),
  VOLUME_DELETE(3, VersionCalls::deleteVolume),
  VOLUME(2, VersionCalls::volume);

  private interface Choice {
    ConcurrentCall<?, ?> of(ConcurrentOperands operands);
  }

  /** How often it is chosen, beside the others. */
  final int weight;

  private final Choice choice;

  ConcurrentOperation(int weight, Choice choice) {
    this.weight = weight;
    this.choice = choice;
  }

  ConcurrentCall<?, ?> choose(ConcurrentOperands operands) {
    return choice.of(operands);
  }
}
