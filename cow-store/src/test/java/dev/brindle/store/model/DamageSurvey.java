package dev.brindle.store.model;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that can be read of a store, piece by piece, to be compared with what the store held
 * before it was damaged. Each piece is right, or says that the store is damaged; anything else is
 * an {@link AssertionError}.
 */
final class DamageSurvey {
  /** In place of a piece that could not be read. */
  static final String UNREADABLE = "unreadable";

  private static final int BLOCK = SparseBytes.BLOCK;

  private final Map<String, String> pieces = new LinkedHashMap<>();

  /** Reads all of a sound store. */
  static Map<String, String> of(Store store) throws IOException {
    DamageSurvey survey = new DamageSurvey();
    for (VolumeInfo volume : store.volumes()) {
      String title = volume.fullName();
      for (SnapshotInfo snapshot : store.snapshots(volume.id())) {
        survey.walk(
            title + "@" + snapshot.name(),
            () -> store.openSnapshot(snapshot.version()),
            FileTree.ROOT_INODE);
      }
      survey.walk(title, () -> store.open(volume.id()), FileTree.ROOT_INODE);
    }
    return survey.pieces;
  }

  /** Reads all of a sound store, version by version. */
  static Map<Long, Map<String, String>> byVersion(Store store) throws IOException {
    Map<Long, Map<String, String>> all = new TreeMap<>();
    for (VolumeInfo volume : store.volumes()) {
      for (SnapshotInfo snapshot : store.snapshots(volume.id())) {
        DamageSurvey survey = new DamageSurvey();
        survey.walk("", () -> store.openSnapshot(snapshot.version()), FileTree.ROOT_INODE);
        all.put(snapshot.version(), survey.pieces);
      }
      DamageSurvey survey = new DamageSurvey();
      survey.walk("", () -> store.open(volume.id()), FileTree.ROOT_INODE);
      all.put(store.open(volume.id()).version(), survey.pieces);
    }
    return all;
  }

  /**
   * Compares a damaged store with what it held.
   *
   * @return the pieces that are not readable
   */
  static TreeSet<String> compare(Map<String, String> sound, Store store) throws IOException {
    return compare(sound, of(store));
  }

  /** As the other, of what {@link #of} found. */
  static TreeSet<String> compare(Map<String, String> sound, Map<String, String> found) {
    TreeSet<String> unreadable = new TreeSet<>();
    found.forEach(
        (piece, value) -> {
          if (value.equals(UNREADABLE)) {
            unreadable.add(piece);
          } else if (!value.equals(sound.get(piece))) {
            throw new AssertionError(
                "%s: expected %s, found %s".formatted(piece, sound.get(piece), value));
          }
        });
    for (String piece : sound.keySet()) {
      if (!found.containsKey(piece) && unreadable.stream().noneMatch(u -> hides(u, piece))) {
        throw new AssertionError(piece + " is missing, and nothing above it is unreadable");
      }
    }
    return unreadable;
  }

  /**
   * Verifies that a repaired store has all that could be read before the repair, where it was. The
   * entries and attributes of directories above what could not be read may be others.
   *
   * @param unreadable what {@link #compare} found before the repair
   */
  static void assertKept(Map<String, String> sound, TreeSet<String> unreadable, Store store)
      throws IOException {
    Map<String, String> now = of(store);
    sound.forEach(
        (piece, value) -> {
          boolean isHit = unreadable.stream().anyMatch(u -> hides(u, piece) || isAbove(piece, u));
          if (!isHit && !value.equals(now.get(piece))) {
            throw new AssertionError(
                "%s was readable: expected %s, found %s".formatted(piece, value, now.get(piece)));
          }
        });
  }

  private static boolean isAbove(String piece, String unreadable) {
    int end = piece.lastIndexOf('#');
    return (piece.endsWith("#entries") || piece.endsWith("#attributes"))
        && unreadable.startsWith(piece.substring(0, end));
  }

  /** An attribute, entry list or tree that cannot be read takes with it what hangs on it. */
  private static boolean hides(String unreadable, String piece) {
    return piece.startsWith(unreadable.substring(0, unreadable.lastIndexOf('#')));
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private <T> T piece(String name, Reading<T> reading, T otherwise) {
    try {
      T value = reading.read();
      pieces.put(
          name, value instanceof byte[] b ? Integer.toString(Arrays.hashCode(b)) : "" + value);
      return value;
    } catch (FileSystemException e) {
      throw new AssertionError(name + ": " + e.errno(), e);
    } catch (CorruptStoreException e) {
      if (!String.valueOf(e.getMessage()).startsWith("damaged store file ")) {
        throw new AssertionError(name + ": no file is named: " + e.getMessage(), e);
      }
      pieces.put(name, UNREADABLE);
      return otherwise;
    } catch (IOException e) {
      throw new AssertionError(name + ": not a typed error: " + e, e);
    }
  }

  private void walk(String path, Reading<FileTree> opening, long inode) {
    FileTree tree;
    try {
      tree = opening.read();
    } catch (IOException e) {
      piece(
          path + "/#tree",
          () -> {
            throw e;
          },
          "");
      return;
    }
    visit(path, tree, inode);
  }

  private void visit(String path, FileTree tree, long inode) {
    InodeAttributes attributes =
        piece(path + "/#attributes", () -> withoutAccessTime(tree.getattr(inode)), null);
    if (attributes == null) {
      return;
    }
    for (Name name :
        piece(path + "/#xattrs", () -> sorted(tree.listxattr(inode)), List.<Name>of())) {
      piece(path + "/#xattr " + name, () -> tree.getxattr(inode, name), null);
    }
    if (attributes.isSymlink()) {
      piece(path + "/#target", () -> tree.readlink(inode), null);
    } else if (attributes.isRegular()) {
      data(path, tree, attributes);
    } else if (attributes.isDirectory()) {
      piece(path + "/#entries", () -> entries(tree, inode), new TreeMap<Name, Long>())
          .forEach((name, child) -> visit(path + "/" + name, tree, child));
    }
  }

  private void data(String path, FileTree tree, InodeAttributes file) {
    for (long at = 0; at < file.size(); at += BLOCK) {
      long offset = at;
      piece(
          path + "/#data " + at,
          () -> {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            tree.read(file.inode(), offset, block);
            return Arrays.copyOf(block.array(), block.position());
          },
          null);
    }
  }

  private static List<Name> sorted(List<Name> names) {
    return names.stream().sorted().toList();
  }

  private static TreeMap<Name, Long> entries(FileTree tree, long directory) throws IOException {
    TreeMap<Name, Long> entries = new TreeMap<>();
    tree.readdir(directory, 0, (name, inode, mode, at) -> entries.put(name, inode) == null);
    return entries;
  }

  private static InodeAttributes withoutAccessTime(InodeAttributes a) {
    return new InodeAttributes(
        a.inode(),
        a.mode(),
        a.linkCount(),
        a.uid(),
        a.gid(),
        a.device(),
        a.size(),
        a.blocks(),
        a.birthTime(),
        a.modificationTime(),
        a.changeTime(),
        a.birthTime(),
        0);
  }
}
