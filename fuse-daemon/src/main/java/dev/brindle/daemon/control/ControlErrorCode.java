package dev.brindle.daemon.control;

/** Why the control socket or the daemon refused, where no {@link dev.brindle.store.Errno} fits. */
public enum ControlErrorCode {
  /** The line is too long, no JSON, or its arguments are missing or of the wrong type. */
  MALFORMED,
  /** No such verb: the daemon is of another version than the command. */
  UNKNOWN_VERB,
  /** The peer is neither the store's owner nor root. */
  DENIED,
  /** The mount was not made; the message says why and what to do. */
  MOUNT_FAILED,
  /** Nothing can be mounted there. */
  MOUNT_POINT_REFUSED,
  /** The machine lacks what a mount needs. */
  MACHINE_LACKS,
  /** The daemon is on its way out; asking again finds no daemon. */
  SHUTTING_DOWN,
  /** The daemon has as many connections as it takes; asking again may help. */
  BUSY,
  /** Another process has the store open. */
  STORE_LOCKED,
  /** No answer, or the connection broke. */
  UNREACHABLE,
  /** The daemon's process is stopped by a signal. */
  STOPPED,
  /** The store is damaged. */
  DAMAGED,
  /** The disk failed. */
  IO,
  /** A bug in the daemon; its log has the stack trace. */
  INTERNAL
}
