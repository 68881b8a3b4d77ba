/** The daemon that serves a store: its mounts, its control socket, its life and its end. */
@NullMarked
package dev.brindle.daemon;

import org.jspecify.annotations.NullMarked;
