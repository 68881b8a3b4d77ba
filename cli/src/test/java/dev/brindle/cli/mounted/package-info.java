/**
 * Brindle as its users have it: the packaged command line mounts a volume, and ordinary programs
 * work on it.
 *
 * <p>{@link MountedStore} is the fixture: a store and a mount point in a directory of its own, a
 * daemon in a process of its own, and an end in which everything is unmounted, the daemon is gone,
 * and {@code brindle check} has found the store in order, whatever the test did.
 *
 * <p>System calls are made by the programs in the test resources: {@code contract} is a program of
 * many cases, each of which runs in a process and a directory of its own and can be run on any file
 * system by hand.
 */
@NullMarked
package dev.brindle.cli.mounted;

import org.jspecify.annotations.NullMarked;
