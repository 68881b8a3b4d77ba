/**
 * The control socket: how a command reaches the daemon that serves a store, and what both say.
 *
 * <p>{@link dev.brindle.daemon.control.StoreControl} is what can be asked of a store. It has two
 * implementations, so that a command does the same with and without a daemon: {@link
 * dev.brindle.daemon.control.LocalStore} works on an open {@link dev.brindle.store.Store}, {@link
 * dev.brindle.daemon.control.ControlClient} sends each question to the daemon, where a {@code
 * ControlServer} hands it to a {@code LocalStore}. What only a daemon can do, mounting, is {@link
 * dev.brindle.daemon.control.DaemonControl}.
 *
 * <h2>Protocol</h2>
 *
 * A Unix stream socket; each message is one line of JSON in ASCII, ended by {@code \n}, a request
 * at most 128 KiB long and a reply 1 MiB, with at most 20,000 values. A connection carries any
 * number of requests, one after the other:
 *
 * <pre>
 *   request    {"verb": VERB, "args": {NAME: VALUE, ...}}
 *   reply      {"item": VALUE} ... any number, for lists and other long answers
 *              {"ok": true, "result": VALUE}
 *           or {"ok": false, "error": {"code": CODE, "message": SENTENCE}}
 * </pre>
 *
 * CODE is a constant of {@link dev.brindle.store.Errno} or of {@link
 * dev.brindle.daemon.control.ControlErrorCode}. A line that is too long or no JSON is answered with
 * MALFORMED and ends the connection. There are 64 connections at the most: a further one takes the
 * place of the one that has sent no whole request for the longest, if for two seconds, and is
 * refused with BUSY otherwise.
 *
 * <p>Names are bytes and JSON is text: names and paths are written as UTF-8 text, and each byte
 * that is not part of valid UTF-8 as the lone surrogate U+DC00 + byte; see {@link
 * dev.brindle.daemon.control.NameText}.
 *
 * <h2>Who may ask</h2>
 *
 * The store's owner and root. The socket has mode 0600 inside the store's directory (0700), and the
 * server asks the kernel for the peer's user as well.
 */
@NullMarked
package dev.brindle.daemon.control;

import org.jspecify.annotations.NullMarked;
