package dev.brindle.store.contract;

import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.EPERM;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Hard links. */
public interface LinkContract extends TreeFixture {
  @Test
  default void link_isTheSameInode() throws IOException {
    long inode = file(tree(), "f", "text");
    long directory = directory(tree(), "d");
    InodeAttributes linked = tree().link(inode, directory, name("g"));
    assertEquals(inode, linked.inode());
    assertEquals(2, linked.linkCount());
    assertEquals(inode, tree().lookup(directory, name("g")).inode());
    Trees.write(tree(), inode, 0, "TE");
    assertEquals("TExt", text(tree(), directory, "g"));
    tree().unlink(ROOT, name("f"));
    assertEquals(1, attributes(tree(), inode).linkCount());
    assertEquals("TExt", text(tree(), directory, "g"));
    tree().unlink(directory, name("g"));
    refused(ENOENT, () -> tree().getattr(inode));
  }

  @Test
  default void link_ofSymlinkAndFifo_isAllowed() throws IOException {
    long symlink = tree().symlink(ROOT, name("l"), new byte[] {'x'}, UID, GID).inode();
    long fifo = tree().create(ROOT, name("p"), FileMode.FIFO | 0600, UID, GID, 0).inode();
    assertEquals(2, tree().link(symlink, ROOT, name("l2")).linkCount());
    assertEquals(2, tree().link(fifo, ROOT, name("p2")).linkCount());
  }

  @Test
  default void link_ofDirectory_isRefused() throws IOException {
    long directory = directory(tree(), "d");
    refused(EPERM, () -> tree().link(directory, ROOT, name("e")));
    refused(EPERM, () -> tree().link(ROOT, directory, name("e")));
  }

  @Test
  default void link_ofMissingOrUnlinkedInode_isRefused() throws IOException {
    refused(ENOENT, () -> tree().link(99_999, ROOT, name("x")));
    long held = file(tree(), "f");
    tree().hold(held);
    tree().unlink(ROOT, name("f"));
    refused(ENOENT, () -> tree().link(held, ROOT, name("x")));
    tree().release(held);
  }

  @Test
  default void link_thousandNamesOfOneInode_areCounted() throws IOException {
    long inode = file(tree(), "f0");
    for (int i = 1; i < 1000; i++) {
      tree().link(inode, ROOT, name("f" + i));
    }
    assertEquals(1000, attributes(tree(), inode).linkCount());
    for (int i = 0; i < 999; i++) {
      tree().unlink(ROOT, name("f" + i));
    }
    assertEquals(1, attributes(tree(), inode).linkCount());
    assertEquals(inode, tree().lookup(ROOT, name("f999")).inode());
  }
}
