/**
 * Everything in the daemon that differs between Linux and macOS: error numbers, open flags, names
 * of libraries and packages, commands that unmount, the table of mounts, and the few system calls
 * the JDK has no method for. Each difference is a method of {@link dev.brindle.daemon.host.Host} or
 * of a class here that takes a {@code Host}, so that both platforms' answers are tested on either.
 */
@NullMarked
package dev.brindle.daemon.host;

import org.jspecify.annotations.NullMarked;
