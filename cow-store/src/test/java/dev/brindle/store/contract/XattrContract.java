package dev.brindle.store.contract;

import static dev.brindle.store.Errno.E2BIG;
import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.ENODATA;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ERANGE;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Extended attributes. */
public interface XattrContract extends TreeFixture {
  private void set(long inode, String name, byte[] value) throws IOException {
    tree().setxattr(inode, name(name), value, XattrMode.CREATE_OR_REPLACE);
  }

  @Test
  default void xattr_ofEachType_isKept() throws IOException {
    long[] inodes = {
      file(tree(), "f"),
      directory(tree(), "d"),
      tree().symlink(ROOT, name("l"), new byte[] {'x'}, UID, GID).inode(),
      ROOT
    };
    for (long inode : inodes) {
      assertEquals(List.of(), tree().listxattr(inode));
      set(inode, "trusted.x", new byte[] {1, 2, 3});
      assertArrayEquals(new byte[] {1, 2, 3}, tree().getxattr(inode, name("trusted.x")));
      assertEquals(List.of(name("trusted.x")), tree().listxattr(inode));
    }
  }

  @Test
  default void xattr_sizes_fromNothingTo64KiB() throws IOException {
    long file = file(tree(), "f");
    for (int size : new int[] {0, 1, 255, 4_000, 8_192, 8_193, 65_535, 65_536}) {
      set(file, "user.size" + size, pattern(size, size));
    }
    for (int size : new int[] {0, 1, 255, 4_000, 8_192, 8_193, 65_535, 65_536}) {
      assertArrayEquals(pattern(size, size), tree().getxattr(file, name("user.size" + size)));
    }
    refused(E2BIG, () -> set(file, "user.too", new byte[65_537]));
    assertEquals(8, tree().listxattr(file).size());
  }

  @Test
  default void xattr_replaced_bySmallerAndLarger() throws IOException {
    long file = file(tree(), "f");
    for (int size : new int[] {10, 60_000, 5, 9_000, 0, 65_536, 1}) {
      set(file, "user.a", pattern(size, size));
      assertArrayEquals(pattern(size, size), tree().getxattr(file, name("user.a")));
    }
    assertEquals(1, tree().listxattr(file).size());
  }

  @Test
  default void xattr_modes() throws IOException {
    long file = file(tree(), "f");
    Name a = name("user.a");
    refused(ENODATA, () -> tree().setxattr(file, a, new byte[1], XattrMode.REPLACE));
    tree().setxattr(file, a, new byte[] {1}, XattrMode.CREATE);
    refused(EEXIST, () -> tree().setxattr(file, a, new byte[] {2}, XattrMode.CREATE));
    assertArrayEquals(new byte[] {1}, tree().getxattr(file, a));
    tree().setxattr(file, a, new byte[] {3}, XattrMode.REPLACE);
    assertArrayEquals(new byte[] {3}, tree().getxattr(file, a));
  }

  @Test
  default void xattr_missing_isRefused() throws IOException {
    long file = file(tree(), "f");
    refused(ENODATA, () -> tree().getxattr(file, name("user.a")));
    refused(ENODATA, () -> tree().removexattr(file, name("user.a")));
    refused(ENOENT, () -> tree().getxattr(99_999, name("user.a")));
    refused(ENOENT, () -> set(99_999, "user.a", new byte[1]));
    refused(ENOENT, () -> tree().removexattr(99_999, name("user.a")));
  }

  @Test
  default void xattr_names_of255Bytes_256_isTooLong() throws IOException {
    long file = file(tree(), "f");
    String longest = "user." + "n".repeat(250);
    set(file, longest, new byte[] {1});
    assertArrayEquals(new byte[] {1}, tree().getxattr(file, name(longest)));
    refused(ERANGE, () -> set(file, longest + "n", new byte[1]));
  }

  @Test
  default void xattr_hundredNames_eachItsOwn() throws IOException {
    long file = file(tree(), "f");
    Set<Name> names = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      set(file, "user." + i, pattern(i * 10, i));
      names.add(name("user." + i));
    }
    assertEquals(names, new HashSet<>(tree().listxattr(file)));
    for (int i = 0; i < 100; i += 2) {
      tree().removexattr(file, name("user." + i));
      names.remove(name("user." + i));
    }
    assertEquals(names, new HashSet<>(tree().listxattr(file)));
    for (int i = 1; i < 100; i += 2) {
      assertArrayEquals(pattern(i * 10, i), tree().getxattr(file, name("user." + i)));
    }
  }

  @Test
  default void xattr_goesWithItsInode() throws IOException {
    long file = file(tree(), "f");
    set(file, "user.a", new byte[60_000]);
    tree().unlink(ROOT, name("f"));
    refused(ENOENT, () -> tree().getxattr(file, name("user.a")));
  }
}
