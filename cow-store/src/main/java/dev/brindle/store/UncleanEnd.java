package dev.brindle.store;

/**
 * The end of a process that had a store open and did not close it: killed, crashed, or the machine
 * lost power. Also one that could not write what it had to.
 *
 * @param process as it called itself
 * @param opened when it opened the store
 * @param lastWrite when it last wrote to the store's files, as the host's file system tells
 */
public record UncleanEnd(String process, Timestamp opened, Timestamp lastWrite) {}
