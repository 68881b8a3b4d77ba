/**
 * The command line: one Picocli class a verb, named after it.
 *
 * <p>A verb parses its words, asks one question of the store and shows the answer. It reaches the
 * store through {@link dev.brindle.cli.StoreAccess}: a running daemon is asked over its socket, and
 * a store that no daemon serves is opened in this process; what comes back is the same {@link
 * dev.brindle.daemon.control.StoreControl}, so no verb knows the difference.
 *
 * <pre>
 *   "~/brindle:main/test@monday"     what was typed
 *        Place                       path and version, by the characters alone
 *        Location                    the store, and the version that shows at a path on a mount
 *        Session                     the store, reached; the version, found in it
 * </pre>
 *
 * <p>Answers go to standard output, as a table or, exactly, as JSON. Failures are one sentence on
 * standard error; {@link dev.brindle.cli.Failures} decides the exit status, {@link
 * dev.brindle.cli.ExitStatus} says what it means.
 */
@NullMarked
package dev.brindle.cli;

import org.jspecify.annotations.NullMarked;
