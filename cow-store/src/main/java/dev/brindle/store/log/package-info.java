/** The append-only log: segments, groups, live maps, cleaner, block cache. */
@NullMarked
package dev.brindle.store.log;

import org.jspecify.annotations.NullMarked;
