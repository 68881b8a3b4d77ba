package dev.brindle.store.version;

/**
 * What a deadlist's directory says of the entries of one birth.
 *
 * @param id the first part of the entries' keys
 * @param entries how many rows there are
 * @param bytes what the entries occupy
 */
record Bucket(long id, long entries, long bytes) {
  Bucket plus(long moreEntries, long moreBytes) {
    return new Bucket(id, entries + moreEntries, bytes + moreBytes);
  }
}
