/** What the tests of decoders with broken inputs share. */
@NullMarked
package dev.brindle.store.fuzz;

import org.jspecify.annotations.NullMarked;
