package dev.brindle.cli.mounted;

/** What the daemon is at when it is killed. */
enum KillMoment {
  WORK,
  CHECKPOINT,
  SNAPSHOT_DELETION,
  REWRITING,
  UMOUNT,
  RECOVERY
}
