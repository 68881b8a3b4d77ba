/** The transport that speaks the kernel's FUSE protocol itself. */
@NullMarked
package dev.brindle.daemon.kernel;

import org.jspecify.annotations.NullMarked;
