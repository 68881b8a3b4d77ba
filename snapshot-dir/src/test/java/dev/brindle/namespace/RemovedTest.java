package dev.brindle.namespace;

import static dev.brindle.namespace.InodeFileSystem.ROOT_NODE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is left of a node that has lost its last name. */
class RemovedTest extends MountFixture {
  private static final Name D = Name.of("d");
  private static final Name F = Name.of("f");

  /** The names that an opened directory lists. */
  private List<String> listed(long node) throws IOException {
    List<String> names = new ArrayList<>();
    long handle = mount.opendir(node);
    mount.readdir(handle, 0, (name, inode, mode, cookie) -> names.add(name.toString()));
    mount.releasedir(handle);
    return names;
  }

  private long inodes() throws IOException {
    return mount.statfs(ROOT_NODE).inodes();
  }

  @Test
  void directory_staysEmptyAndChangeable_tillItIsReleased() throws IOException {
    long inodes = inodes();
    long node = mkdir("/d").node();
    Removed removed = Objects.requireNonNull(mount.rmdir(OWNER, ROOT_NODE, D));
    assertTrue(removed.isHeld());
    assertEquals(node, removed.entry().node());
    assertEquals(0, removed.entry().attributes().linkCount());
    assertEquals(mount.getattr(node), removed.entry());
    assertEquals(List.of(".", ".."), listed(node));
    mount.setattr(OWNER, node, AttributeChange.ofMode(0700));
    assertEquals(FileMode.DIRECTORY | 0700, mount.getattr(node).attributes().mode());
    assertEquals(Errno.ENOENT, errno(() -> mount.mkdir(OWNER, node, D, 0755)));
    assertEquals(Errno.ENOENT, errno(() -> mount.lookup(node, F)));
    mount.release(removed.handle());
    assertEquals(Errno.ENOENT, errno(() -> mount.getattr(node)));
    assertEquals(inodes, inodes());
  }

  @Test
  void directory_isInNoSnapshotThatIsTakenThen() throws IOException {
    mkdir("/d");
    mkdir("/.snapshots/before");
    Removed removed = Objects.requireNonNull(mount.rmdir(OWNER, ROOT_NODE, D));
    mkdir("/.snapshots/after");
    assertEquals(List.of("d"), list("/.snapshots/before"));
    assertEquals(List.of(), list("/.snapshots/after"));
    mount.release(removed.handle());
  }

  @Test
  void clone_isNotDeletedWhileSomethingOfItIsHeld() throws IOException {
    mkdir("/.clones/c");
    mkdir("/.clones/c/d");
    Removed removed = Objects.requireNonNull(mount.rmdir(OWNER, node("/.clones/c"), D));
    assertEquals(Errno.EBUSY, errno(() -> rmdir("/.clones/c")));
    mount.release(removed.handle());
    rmdir("/.clones/c");
  }

  @Test
  void replacedFile_isHeldWithItsData() throws IOException {
    write("/f", "old");
    write("/g", "new");
    long old = node("/f");
    Removed removed =
        Objects.requireNonNull(
            mount.rename(OWNER, ROOT_NODE, Name.of("g"), ROOT_NODE, F, RenameMode.REPLACE));
    assertEquals(old, removed.entry().node());
    long handle = mount.open(old, false);
    assertEquals("old", readHandle(handle));
    mount.release(handle);
    mount.release(removed.handle());
    assertEquals(Errno.ENOENT, errno(() -> mount.open(old, false)));
  }

  @Test
  void symlink_isHeldWithItsTarget() throws IOException {
    byte[] target = {'t'};
    long node = mount.symlink(OWNER, ROOT_NODE, F, target).node();
    Removed removed = Objects.requireNonNull(mount.unlink(OWNER, ROOT_NODE, F));
    assertArrayEquals(target, mount.readlink(node));
    mount.release(removed.handle());
    assertEquals(Errno.ENOENT, errno(() -> mount.readlink(node)));
  }

  @Test
  void regularFile_isGone_andItsAttributesAreToldOnce() throws IOException {
    long inodes = inodes();
    write("/f", "text");
    Entry before = stat("/f");
    Removed removed = Objects.requireNonNull(mount.unlink(OWNER, ROOT_NODE, F));
    assertFalse(removed.isHeld());
    assertEquals(before.node(), removed.entry().node());
    assertEquals(before.attributes().inode(), removed.entry().attributes().inode());
    assertEquals(4, removed.entry().attributes().size());
    assertEquals(0, removed.entry().attributes().linkCount());
    assertEquals(inodes, inodes());
  }

  @Test
  void whatHasAnotherName_orIsAVersion_isNotRemoved() throws IOException {
    write("/f", "text");
    mount.link(OWNER, node("/f"), ROOT_NODE, Name.of("g"));
    assertNull(mount.unlink(OWNER, ROOT_NODE, F));
    assertNull(mount.rename(OWNER, ROOT_NODE, Name.of("g"), ROOT_NODE, F, RenameMode.REPLACE));
    mkdir("/.snapshots/s");
    assertNull(mount.rmdir(OWNER, node("/.snapshots"), Name.of("s")));
  }
}
