package dev.brindle.daemon;

import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.transport.TransportSettings;

/**
 * What a daemon that is being started is to do, as its command line carries it.
 *
 * @param store its directory, absolute
 * @param mount the first mount
 * @param logLevel {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}
 * @param transport how it talks with the kernel
 * @param foreground keeps the terminal and logs to standard error too
 */
record DaemonRequest(
    String store,
    MountRequest mount,
    String logLevel,
    TransportSettings transport,
    boolean foreground) {}
