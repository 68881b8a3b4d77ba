package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENAMETOOLONG;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENOTDIR;
import static dev.brindle.store.Errno.ENOTEMPTY;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Making, finding and removing names. */
public interface NamespaceContract extends TreeFixture {
  @Test
  default void root_isAnEmptyDirectory() throws IOException {
    InodeAttributes root = attributes(tree(), ROOT);
    assertEquals(FileMode.DIRECTORY | 0755, root.mode());
    assertEquals(2, root.linkCount());
    assertEquals(ROOT, tree().parent(ROOT));
    assertEquals(List.of(), names(tree(), ROOT));
    assertTrue(tree().isWritable());
    assertTrue(tree().version() > 0);
  }

  @Test
  default void create_everyType_returnsWhatLookupAndGetattrSay() throws IOException {
    int[] types = {
      FileMode.REGULAR,
      FileMode.FIFO,
      FileMode.SOCKET,
      FileMode.CHARACTER_DEVICE,
      FileMode.BLOCK_DEVICE
    };
    for (int type : types) {
      int device = type == FileMode.CHARACTER_DEVICE || type == FileMode.BLOCK_DEVICE ? 0x103 : 0;
      Name name = name("t" + type);
      InodeAttributes made = tree().create(ROOT, name, type | 0640, UID, GID, device);
      assertEquals(type | 0640, made.mode());
      assertEquals(1, made.linkCount());
      assertEquals(UID, made.uid());
      assertEquals(GID, made.gid());
      assertEquals(device, made.device());
      assertEquals(0, made.size());
      assertEquals(0, made.blocks());
      assertEquals(made, tree().lookup(ROOT, name));
      assertEquals(made, attributes(tree(), made.inode()));
    }
  }

  @Test
  default void create_keepsOwnersOf32Bits() throws IOException {
    InodeAttributes made = tree().create(ROOT, name("f"), FileMode.REGULAR, -2, -3, 0);
    assertEquals(-2, made.uid());
    assertEquals(-3, attributes(tree(), made.inode()).gid());
  }

  @Test
  default void make_nameThatExists_isRefused() throws IOException {
    long other = file(tree(), "other");
    file(tree(), "f");
    directory(tree(), "d");
    for (String taken : List.of("f", "d")) {
      refused(EEXIST, () -> file(tree(), taken));
      refused(EEXIST, () -> directory(tree(), taken));
      refused(EEXIST, () -> tree().symlink(ROOT, name(taken), new byte[] {'x'}, UID, GID));
      refused(EEXIST, () -> tree().link(other, ROOT, name(taken)));
    }
    assertEquals(1, attributes(tree(), other).linkCount());
  }

  @Test
  default void anything_inMissingDirectory_isRefused() throws IOException {
    long missing = 12_345;
    everywhere(missing, name("x"), ENOENT);
    refused(ENOENT, () -> tree().getattr(missing));
    refused(ENOENT, () -> tree().readdir(missing, 0, (n, i, m, c) -> true));
    refused(ENOENT, () -> tree().listxattr(missing));
    refused(ENOENT, () -> tree().hold(missing));
  }

  @Test
  default void anything_inFile_isNoDirectory() throws IOException {
    long file = file(tree(), "f");
    everywhere(file, name("x"), ENOTDIR);
    refused(ENOTDIR, () -> tree().readdir(file, 0, (n, i, m, c) -> true));
  }

  @Test
  default void anything_inRemovedDirectoryThatIsHeld_isMissing() throws IOException {
    long directory = directory(tree(), "d");
    tree().hold(directory);
    tree().rmdir(ROOT, name("d"));
    assertEquals(0, attributes(tree(), directory).linkCount());
    assertEquals(List.of(), names(tree(), directory));
    everywhere(directory, name("x"), ENOENT);
    tree().release(directory);
    refused(ENOENT, () -> tree().getattr(directory));
  }

  /** Every operation that takes a directory and a name. */
  private void everywhere(long directory, Name name, Errno errno) throws IOException {
    long source = file(tree(), "source of " + directory);
    int mode = FileMode.REGULAR | 0644;
    refused(errno, () -> tree().lookup(directory, name));
    refused(errno, () -> tree().create(directory, name, mode, UID, GID, 0));
    refused(errno, () -> tree().mkdir(directory, name, 0755, UID, GID));
    refused(errno, () -> tree().symlink(directory, name, new byte[] {'x'}, UID, GID));
    refused(errno, () -> tree().link(source, directory, name));
    refused(errno, () -> tree().unlink(directory, name));
    refused(errno, () -> tree().rmdir(directory, name));
    Name from = name("source of " + directory);
    for (RenameMode renameMode : RenameMode.values()) {
      refused(errno, () -> tree().rename(ROOT, from, directory, name, renameMode));
      refused(errno, () -> tree().rename(directory, name, ROOT, from, renameMode));
    }
    assertEquals(1, attributes(tree(), source).linkCount());
  }

  @Test
  default void name_of255Bytes_isAllowed_256_isNot() throws IOException {
    Name longest = name("n".repeat(255));
    long inode = tree().create(ROOT, longest, FileMode.REGULAR, UID, GID, 0).inode();
    assertEquals(inode, tree().lookup(ROOT, longest).inode());
    assertEquals(List.of(longest.toString()), names(tree(), ROOT));
    everywhere(ROOT, name("n".repeat(256)), ENAMETOOLONG);
  }

  @Test
  default void names_areBytes_everyOneByteNameAndInvalidPairs() throws IOException {
    Map<Name, Long> made = new HashMap<>();
    for (int b = 1; b < 256; b++) {
      if (b != '/' && b != '.') {
        make(made, (byte) b);
        make(made, (byte) b, (byte) 0xff);
      }
    }
    make(made, (byte) 0xff, (byte) 0xfe, (byte) '1');
    make(made, (byte) 0xfe, (byte) 0xff, (byte) '1');
    make(made, (byte) 0xc3);
    Map<Name, Long> listed = new HashMap<>();
    tree().readdir(ROOT, 0, (name, inode, mode, cookie) -> listed.put(name, inode) == null);
    assertEquals(made, listed);
    for (Map.Entry<Name, Long> entry : made.entrySet()) {
      assertEquals(entry.getValue(), tree().lookup(ROOT, entry.getKey()).inode());
    }
  }

  private void make(Map<Name, Long> made, byte... name) throws IOException {
    if (!made.containsKey(Name.of(name))) {
      Name fresh = Name.of(name);
      made.put(fresh, tree().create(ROOT, fresh, FileMode.REGULAR, UID, GID, 0).inode());
    }
  }

  @Test
  default void dots_areNotMadeRemovedOrRenamed() throws IOException {
    long directory = directory(tree(), "d");
    file(tree(), "f");
    var allowed = EnumSet.of(EINVAL, EEXIST, ENOTEMPTY, EISDIR);
    for (Name dots : List.of(name("."), name(".."))) {
      refused(allowed, () -> tree().create(directory, dots, FileMode.REGULAR, UID, GID, 0));
      refused(allowed, () -> tree().mkdir(directory, dots, 0755, UID, GID));
      refused(allowed, () -> tree().unlink(directory, dots));
      refused(allowed, () -> tree().rmdir(directory, dots));
      for (RenameMode mode : RenameMode.values()) {
        refused(allowed, () -> tree().rename(directory, dots, ROOT, name("g"), mode));
        refused(allowed, () -> tree().rename(ROOT, name("f"), directory, dots, mode));
      }
    }
    assertEquals(List.of("d", "f"), names(tree(), ROOT));
  }

  @Test
  default void mkdir_andRmdir_countTheParentsLinks() throws IOException {
    InodeAttributes made = tree().mkdir(ROOT, name("d"), 0750, UID, GID);
    assertEquals(FileMode.DIRECTORY | 0750, made.mode());
    assertEquals(2, made.linkCount());
    assertEquals(3, attributes(tree(), ROOT).linkCount());
    assertEquals(ROOT, tree().parent(made.inode()));
    directory(tree(), made.inode(), "e");
    assertEquals(3, attributes(tree(), made.inode()).linkCount());
    tree().rmdir(made.inode(), name("e"));
    assertEquals(2, attributes(tree(), made.inode()).linkCount());
    tree().rmdir(ROOT, name("d"));
    assertEquals(2, attributes(tree(), ROOT).linkCount());
    refused(ENOENT, () -> tree().lookup(ROOT, name("d")));
  }

  @Test
  default void rmdir_wrong_isRefused() throws IOException {
    long directory = directory(tree(), "d");
    long file = file(tree(), directory, "f");
    refused(ENOTEMPTY, () -> tree().rmdir(ROOT, name("d")));
    refused(ENOTDIR, () -> tree().rmdir(directory, name("f")));
    refused(ENOENT, () -> tree().rmdir(ROOT, name("missing")));
    assertEquals(file, tree().lookup(directory, name("f")).inode());
  }

  @Test
  default void unlink_wrong_isRefused() throws IOException {
    directory(tree(), "d");
    refused(EISDIR, () -> tree().unlink(ROOT, name("d")));
    refused(ENOENT, () -> tree().unlink(ROOT, name("missing")));
  }

  @Test
  default void parent_ofNoDirectory_isRefused() throws IOException {
    long file = file(tree(), "f");
    refused(ENOTDIR, () -> tree().parent(file));
    refused(ENOENT, () -> tree().parent(99_999));
  }

  @Test
  default void inodeNumbers_areNotUsedTwice() throws IOException {
    long first = file(tree(), "f");
    tree().unlink(ROOT, name("f"));
    long second = file(tree(), "f");
    assertTrue(second > first, second + " after " + first);
  }

  @Test
  default void symlink_keepsItsTarget() throws IOException {
    byte[] longest = Trees.pattern(4095, 1);
    InodeAttributes made = tree().symlink(ROOT, name("l"), longest, UID, GID);
    assertTrue(made.isSymlink());
    assertEquals(4095, made.size());
    assertEquals(0777, made.mode() & FileMode.PERMISSION_MASK);
    assertArrayEquals(longest, tree().readlink(made.inode()));
    byte[] shortest = {(byte) 0xff};
    long other = tree().symlink(ROOT, name("m"), shortest, UID, GID).inode();
    assertArrayEquals(shortest, tree().readlink(other));
  }

  @Test
  default void symlink_wrong_isRefused() throws IOException {
    long file = file(tree(), "f");
    refused(ENAMETOOLONG, () -> tree().symlink(ROOT, name("l"), new byte[4096], UID, GID));
    refused(ENOENT, () -> tree().symlink(ROOT, name("l"), new byte[0], UID, GID));
    refused(EINVAL, () -> tree().readlink(file));
    refused(EINVAL, () -> tree().readlink(ROOT));
    refused(ENOENT, () -> tree().readlink(99_999));
  }

  @Test
  default void setGidDirectory_givesItsGroupToWhatIsMadeInIt() throws IOException {
    InodeAttributes directory = tree().mkdir(ROOT, name("d"), 02755, UID, 7);
    assertEquals(FileMode.DIRECTORY | 02755, directory.mode());
    InodeAttributes file =
        tree().create(directory.inode(), name("f"), FileMode.REGULAR | 0644, UID, GID, 0);
    assertEquals(7, file.gid());
    assertEquals(FileMode.REGULAR | 0644, file.mode());
    InodeAttributes link = tree().symlink(directory.inode(), name("l"), new byte[] {'x'}, UID, GID);
    assertEquals(7, link.gid());
    InodeAttributes below = tree().mkdir(directory.inode(), name("e"), 0755, UID, GID);
    assertEquals(7, below.gid());
    assertEquals(FileMode.DIRECTORY | 02755, below.mode());
  }

  @Test
  default void statistics_countInodes() throws IOException {
    long before = tree().statistics().inodes();
    file(tree(), "f");
    directory(tree(), "d");
    assertEquals(before + 2, tree().statistics().inodes());
    tree().unlink(ROOT, name("f"));
    assertEquals(before + 1, tree().statistics().inodes());
  }
}
