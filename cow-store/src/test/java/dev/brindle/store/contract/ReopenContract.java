package dev.brindle.store.contract;

import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is there before everything is closed is there afterwards, to the last attribute. */
public interface ReopenContract extends TreeFixture {
  @Test
  default void reopened_attributesAreTheSame() throws IOException {
    long[] inodes = {
      ROOT,
      file(tree(), "f", "text"),
      directory(tree(), "d"),
      tree().symlink(ROOT, name("l"), new byte[] {'x'}, UID, GID).inode(),
      tree().create(ROOT, name("p"), FileMode.FIFO | 0600, UID, GID, 0).inode(),
      tree().create(ROOT, name("c"), FileMode.CHARACTER_DEVICE | 0600, 0, 0, 0x10305).inode(),
      tree().create(ROOT, name("b"), FileMode.BLOCK_DEVICE | 0600, -2, -3, -4).inode(),
    };
    Timestamp old = new Timestamp(-5, 7);
    tree().setattr(inodes[1], new AttributeChange(06755, -7, -8, null, old, old, null));
    write(tree(), inodes[1], 1 << 20, pattern(100_000, 3));
    tree().sync();
    InodeAttributes[] before = new InodeAttributes[inodes.length];
    for (int i = 0; i < inodes.length; i++) {
      before[i] = attributes(tree(), inodes[i]);
    }
    reopened();
    for (int i = 0; i < inodes.length; i++) {
      assertEquals(before[i], attributes(tree(), inodes[i]));
    }
  }

  @Test
  default void reopened_withoutSync_hasEverything() throws IOException {
    long d = directory(tree(), "d");
    for (int i = 0; i < 300; i++) {
      long file = file(tree(), d, "f" + i);
      write(tree(), file, 0, pattern(i * 100, i));
      tree().setxattr(file, name("user.i"), pattern(i, i), XattrMode.CREATE);
    }
    List<String> names = names(tree(), d);
    reopened();
    assertEquals(names, names(tree(), d));
    for (int i = 0; i < 300; i++) {
      long file = tree().lookup(d, name("f" + i)).inode();
      assertArrayEquals(pattern(i * 100, i), Trees.read(tree(), file, 0, 100_000));
      assertArrayEquals(pattern(i, i), tree().getxattr(file, name("user.i")));
    }
  }

  @Test
  default void reopened_inodeNumbersGoOn() throws IOException {
    long last = file(tree(), "a");
    tree().unlink(ROOT, name("a"));
    reopened();
    long next = file(tree(), "b");
    assertTrue(next > last, next + " after " + last);
  }

  @Test
  default void reopened_cookiesAreTheSame() throws IOException {
    for (int i = 0; i < 100; i++) {
      file(tree(), "f" + i);
    }
    List<String> before = cookies();
    reopened();
    assertEquals(before, cookies());
  }

  private List<String> cookies() throws IOException {
    List<String> result = new java.util.ArrayList<>();
    tree().readdir(ROOT, 0, (name, inode, mode, cookie) -> result.add(name + "=" + cookie));
    return result;
  }
}
