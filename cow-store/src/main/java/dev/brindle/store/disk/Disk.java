package dev.brindle.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The files of one store. Names are relative to the store's directory, with {@code /} between
 * parts. Safe for any number of threads.
 */
public interface Disk extends Closeable {
  /** How {@link #open} treats the file. */
  enum OpenMode {
    READ,
    /** The file must exist. */
    READ_WRITE,
    /** The file must not exist; it is created with mode 0600. */
    CREATE
  }

  DiskFile open(String name, OpenMode mode) throws IOException;

  boolean exists(String name) throws IOException;

  /** The names (without the directory's) of the files in a directory, sorted. */
  List<String> list(String directory) throws IOException;

  /** Makes a directory of mode 0700; nothing happens when it exists. */
  void createDirectory(String name) throws IOException;

  void delete(String name) throws IOException;

  /** Renames atomically and replaces what stands there. */
  void rename(String from, String to) throws IOException;

  /**
   * Makes a directory's entries durable.
   *
   * @param name the empty string for the store's own directory
   */
  void syncDirectory(String name) throws IOException;

  /** What the host can still give to an ordinary user, in bytes. */
  long freeBytes() throws IOException;

  /** The size of the host's file system, in bytes. */
  long totalBytes() throws IOException;
}
