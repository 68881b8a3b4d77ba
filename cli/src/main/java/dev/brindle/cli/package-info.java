/** The command line: one class a verb. */
@NullMarked
package dev.brindle.cli;

import org.jspecify.annotations.NullMarked;
