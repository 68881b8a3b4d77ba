package dev.brindle.store;

/** Receives a directory's entries, in the order of their cookies. */
@FunctionalInterface
public interface DirectoryVisitor {
  /**
   * @param name not {@code .} or {@code ..}: the store has no entries for them
   * @param inode the entry's inode
   * @param mode the type bits of its {@code st_mode}; the permission bits are 0
   * @param cookie where a later {@code readdir} goes on after this entry; 3 to 2^63 - 1, stable as
   *     long as the entry exists, whatever else is added or removed
   * @return false to stop: this entry was not taken
   */
  boolean visit(Name name, long inode, int mode, long cookie);
}
