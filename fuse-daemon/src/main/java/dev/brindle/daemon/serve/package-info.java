/**
 * What serving a kernel's requests takes, by whatever transport they come: the session with its
 * workers, native memory, the way from an exception to an error number, and what is to be known of
 * the files that are open.
 */
@NullMarked
package dev.brindle.daemon.serve;

import org.jspecify.annotations.NullMarked;
