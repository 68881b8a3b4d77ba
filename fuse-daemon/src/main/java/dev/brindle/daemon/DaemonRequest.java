package dev.brindle.daemon;

import dev.brindle.daemon.control.MountRequest;

/**
 * What a daemon that is being started is to do, as its command line carries it.
 *
 * @param store its directory, absolute
 * @param mount the first mount
 * @param logLevel {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}
 * @param foreground keeps the terminal and logs to standard error too
 */
record DaemonRequest(String store, MountRequest mount, String logLevel, boolean foreground) {}
