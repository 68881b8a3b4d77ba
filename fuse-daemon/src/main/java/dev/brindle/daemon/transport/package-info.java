/**
 * What the daemon asks of a transport, the part that carries the kernel's requests to an {@link
 * dev.brindle.namespace.InodeFileSystem}. A transport mounts and serves; which volume, who may, and
 * when it ends is the daemon's business.
 */
@NullMarked
package dev.brindle.daemon.transport;

import org.jspecify.annotations.NullMarked;
