package dev.brindle.store.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;

/** Short words for what the contracts do with trees. */
public final class Trees {
  public static final long ROOT = FileTree.ROOT_INODE;
  public static final int UID = 1000;
  public static final int GID = 100;

  private Trees() {}

  public static Name name(String name) {
    return Name.of(name);
  }

  /** Makes a regular file of mode 0644 and returns its inode. */
  public static long file(WritableFileTree tree, long directory, String name) throws IOException {
    int mode = FileMode.REGULAR | 0644;
    return tree.create(directory, name(name), mode, UID, GID, 0).inode();
  }

  public static long file(WritableFileTree tree, String name) throws IOException {
    return file(tree, ROOT, name);
  }

  /** Makes a file in the root with a text in it. */
  public static long file(WritableFileTree tree, String name, String text) throws IOException {
    long inode = file(tree, ROOT, name);
    write(tree, inode, 0, text);
    return inode;
  }

  public static long directory(WritableFileTree tree, long parent, String name) throws IOException {
    return tree.mkdir(parent, name(name), 0755, UID, GID).inode();
  }

  public static long directory(WritableFileTree tree, String name) throws IOException {
    return directory(tree, ROOT, name);
  }

  public static void write(WritableFileTree tree, long inode, long offset, String text)
      throws IOException {
    write(tree, inode, offset, text.getBytes(StandardCharsets.UTF_8));
  }

  public static void write(WritableFileTree tree, long inode, long offset, byte[] bytes)
      throws IOException {
    tree.write(inode, offset, ByteBuffer.wrap(bytes));
  }

  /** The bytes of a range, fewer at the file's end. */
  public static byte[] read(FileTree tree, long inode, long offset, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    int count = tree.read(inode, offset, target);
    assertEquals(count, target.position(), "position of the buffer");
    return Arrays.copyOf(target.array(), count);
  }

  /** The whole file as a text. */
  public static String text(FileTree tree, long inode) throws IOException {
    int size = (int) tree.getattr(inode).size();
    return new String(read(tree, inode, 0, size + 1), StandardCharsets.UTF_8);
  }

  public static String text(FileTree tree, long directory, String name) throws IOException {
    return text(tree, tree.lookup(directory, name(name)).inode());
  }

  public static byte[] pattern(int length, int seed) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (seed + i * 31 + (i >> 8) * 7 + 1);
    }
    return bytes;
  }

  public static InodeAttributes attributes(FileTree tree, long inode) throws IOException {
    return tree.getattr(inode);
  }

  /** The names of a directory, sorted. */
  public static List<String> names(FileTree tree, long directory) throws IOException {
    List<String> names = new ArrayList<>();
    tree.readdir(directory, 0, (name, inode, mode, cookie) -> names.add(name.toString()));
    names.sort(null);
    return names;
  }

  /** The call fails with the errno. */
  public static void refused(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(FileSystemException.class, call).errno());
  }

  /** The call fails with one of the errnos, where POSIX or Linux leave a choice. */
  public static void refused(Set<Errno> errnos, Executable call) {
    Errno errno = assertThrows(FileSystemException.class, call).errno();
    assertTrue(errnos.contains(errno), "expected one of " + errnos + ", found " + errno);
  }

  /** Waits until the clock shows another time than for anything done before. */
  public static Timestamp tick() {
    Timestamp start = Timestamp.now();
    Timestamp now = start;
    while (now.compareTo(start) <= 0) {
      Thread.onSpinWait();
      now = Timestamp.now();
    }
    return now;
  }

  /** A call on a tree. */
  public interface Action {
    void run() throws IOException;
  }

  /**
   * Which time stamps of an inode an operation changes: letters of "amc" for access, modification
   * and change. One that changes must become the present.
   */
  public static String changedTimes(FileTree tree, long inode, Action action) throws IOException {
    InodeAttributes before = tree.getattr(inode);
    Timestamp start = tick();
    action.run();
    Timestamp end = Timestamp.now();
    InodeAttributes after = tree.getattr(inode);
    assertEquals(before.birthTime(), after.birthTime(), "birth time");
    return letter("a", before.accessTime(), after.accessTime(), start, end)
        + letter("m", before.modificationTime(), after.modificationTime(), start, end)
        + letter("c", before.changeTime(), after.changeTime(), start, end);
  }

  private static String letter(
      String letter, Timestamp before, Timestamp after, Timestamp start, Timestamp end) {
    if (before.equals(after)) {
      return "";
    }
    boolean present = start.compareTo(after) <= 0 && after.compareTo(end) <= 0;
    assertTrue(present, letter + ": " + after.toInstant() + " is not the time of the operation");
    return letter;
  }
}
