package dev.brindle.daemon.transport;

/** The ways from the kernel to a file system that there are. */
public enum TransportKind {
  /** Through libfuse 2; on Linux and on macOS. */
  LIBFUSE,
  /** By the kernel's own protocol on {@code /dev/fuse}; on Linux. */
  KERNEL
}
