/** Walks a whole store and verifies every rule of its design. */
@NullMarked
package dev.brindle.store.check;

import org.jspecify.annotations.NullMarked;
