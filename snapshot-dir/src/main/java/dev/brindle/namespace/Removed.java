package dev.brindle.namespace;

/**
 * A node that has just lost its last name.
 *
 * @param entry as it is without it
 * @param handle that it is held by, and can be used and changed until that is released; {@link
 *     #NO_HANDLE} for a regular file that was unlinked, of which nothing else is left than this,
 *     unless it is open
 */
public record Removed(Entry entry, long handle) {
  public static final long NO_HANDLE = 0;

  public boolean isHeld() {
    return handle != NO_HANDLE;
  }
}
