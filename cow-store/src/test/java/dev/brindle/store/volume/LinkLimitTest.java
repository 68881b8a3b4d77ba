package dev.brindle.store.volume;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Inodes with as many names as can be counted: so many are said of one that has few. */
class LinkLimitTest {
  private static final int LINKS_MAX = Integer.MAX_VALUE;

  private Store store;
  private WritableFileTree tree;
  private Head head;

  @BeforeEach
  void createStore() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, StoreOptions.defaults());
    store = Store.open(disk, StoreOptions.defaults());
    tree = store.open(store.createVolume(name("main"), 0, 0).id());
    head = ((VolumeTree) tree).head();
  }

  @AfterEach
  void checkStore() throws IOException {
    assertEquals(List.of(), Check.run(store, true).problems());
    store.close();
  }

  /** Returns how many there were. */
  private int setLinks(long number, int links) throws IOException {
    head.lock.writeLock().lock();
    try {
      Inode inode = head.view().inode(number);
      int before = inode.linkCount;
      inode.linkCount = links;
      head.put(ItemType.high(number, ItemType.INODE), 0, inode.encode());
      return before;
    } finally {
      head.lock.writeLock().unlock();
    }
  }

  private static void refused(Executable operation) {
    assertEquals(Errno.EMLINK, assertThrows(FileSystemException.class, operation).errno());
  }

  @Test
  void link_toAFileOfTooManyNames_isEMLINK_andLessOneIsNot() throws IOException {
    long inode = file(tree, "f");
    int before = setLinks(inode, LINKS_MAX);
    refused(() -> tree.link(inode, ROOT, name("g")));
    assertEquals(LINKS_MAX, tree.getattr(inode).linkCount());
    setLinks(inode, LINKS_MAX - 1);
    tree.link(inode, ROOT, name("g"));
    assertEquals(LINKS_MAX, tree.getattr(inode).linkCount());
    setLinks(inode, before + 1);
  }

  @Test
  void directory_ofTooManyDirectories_takesNoMore() throws IOException {
    long full = directory(tree, "full");
    long inFull = directory(tree, full, "directory");
    file(tree, full, "file");
    directory(tree, "moved");
    file(tree, "file");
    int before = setLinks(full, LINKS_MAX);
    refused(() -> directory(tree, full, "new"));
    refused(() -> tree.rename(ROOT, name("moved"), full, name("new"), RenameMode.REPLACE));
    refused(() -> tree.rename(ROOT, name("moved"), full, name("new"), RenameMode.NO_REPLACE));
    refused(() -> tree.rename(ROOT, name("moved"), full, name("file"), RenameMode.EXCHANGE));
    refused(() -> tree.rename(full, name("file"), ROOT, name("moved"), RenameMode.EXCHANGE));
    file(tree, full, "another file");
    tree.rename(full, name("directory"), full, name("same"), RenameMode.REPLACE);
    tree.rename(ROOT, name("moved"), full, name("same"), RenameMode.EXCHANGE);
    assertEquals(inFull, tree.lookup(ROOT, name("moved")).inode());
    assertEquals(LINKS_MAX, tree.getattr(full).linkCount());
    tree.rename(full, name("same"), ROOT, name("file"), RenameMode.EXCHANGE);
    assertEquals(LINKS_MAX - 1, tree.getattr(full).linkCount());
    setLinks(full, before - 1);
  }
}
