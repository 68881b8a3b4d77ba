package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenFilesTest extends MountFixture {
  @Test
  void handle_survivesUnlinkAndRename() throws IOException {
    write("/f", "text");
    long node = node("/f");
    long handle = mount.open(node, true);
    rename("/f", "/g");
    assertEquals("text", readHandle(handle));
    unlink("/g");
    assertEquals("text", readHandle(handle));
    mount.write(handle, 0, ByteBuffer.wrap("next".getBytes()));
    assertEquals("next", readHandle(handle));
    assertEquals(0, mount.getattr(node).attributes().linkCount());
    mount.fsync(handle, false);
    mount.release(handle);
    assertEquals(Errno.ENOENT, errno(() -> mount.getattr(node)));
  }

  @Test
  void handle_thatIsUnknownOrReleased_isBad() throws IOException {
    write("/f", "text");
    long handle = mount.open(node("/f"), false);
    mount.release(handle);
    ByteBuffer buffer = ByteBuffer.allocate(1);
    for (long bad : new long[] {handle, 0, -1, handle + 1}) {
      assertEquals(Errno.EBADF, errno(() -> mount.read(bad, 0, buffer)));
      assertEquals(Errno.EBADF, errno(() -> mount.write(bad, 0, buffer)));
      assertEquals(Errno.EBADF, errno(() -> mount.release(bad)));
      assertEquals(Errno.EBADF, errno(() -> mount.releasedir(bad)));
    }
  }

  @Test
  void handle_isForWhatItWasOpenedFor() throws IOException {
    write("/f", "text");
    mkdir("/d");
    long file = mount.open(node("/f"), false);
    long directory = mount.opendir(node("/d"));
    ByteBuffer buffer = ByteBuffer.allocate(1);
    assertEquals(Errno.EBADF, errno(() -> mount.write(file, 0, buffer)));
    assertEquals(Errno.EBADF, errno(() -> mount.append(file, buffer)));
    assertEquals(Errno.EBADF, errno(() -> mount.fallocate(file, FallocateMode.ALLOCATE, 0, 1)));
    assertEquals(Errno.EISDIR, errno(() -> mount.read(directory, 0, buffer)));
    assertEquals(Errno.ENOTDIR, errno(() -> mount.readdir(file, 0, (n, i, m, c) -> true)));
    assertEquals(Errno.EISDIR, errno(() -> mount.release(directory)));
    assertEquals(Errno.ENOTDIR, errno(() -> mount.releasedir(file)));
    mount.release(file);
    mount.releasedir(directory);
  }

  @Test
  void open_takesOnlyWhatItIsFor() throws IOException {
    mkdir("/d");
    write("/f", "text");
    mount.mknod(OWNER, node("/"), Name.of("fifo"), FileMode.FIFO | 0644, 0);
    assertEquals(Errno.EISDIR, errno(() -> mount.open(node("/d"), false)));
    assertEquals(Errno.ENOTDIR, errno(() -> mount.opendir(node("/f"))));
    assertEquals(Errno.EINVAL, errno(() -> mount.open(node("/fifo"), false)));
  }

  @Test
  void node_thatWasNeverGivenOut_isStale() {
    for (long bad : new long[] {0, -1, Long.MAX_VALUE, 1L << 42 | 1, 3L << 40 | 1}) {
      assertEquals(Errno.ESTALE, errno(() -> mount.getattr(bad)));
    }
  }

  @Test
  void close_endsWhatIsOpen() throws IOException {
    write("/f", "text");
    mkdir("/.snapshots/s");
    mount.open(node("/.snapshots/s/f"), false);
    mount.opendir(node("/.snapshots/s"));
    remount(NamespaceOptions.defaults());
    rmdir("/.snapshots/s");
  }

  @Test
  void fileOperations_reachTheTree() throws IOException {
    write("/f", "text");
    long handle = mount.open(node("/f"), true);
    mount.append(handle, ByteBuffer.wrap("more".getBytes()));
    assertEquals("textmore", readHandle(handle));
    assertEquals(8, mount.seek(handle, 0, Seek.HOLE));
    mount.fallocate(handle, FallocateMode.ALLOCATE, 0, 100);
    mount.release(handle);
    assertEquals(100, attributes("/f").size());
    assertEquals(
        4, mount.setattr(OWNER, node("/f"), AttributeChange.ofSize(4)).attributes().size());
    assertEquals("text", read("/f"));
    Name name = Name.of("user.x");
    mount.setxattr(OWNER, node("/f"), name, new byte[] {1}, XattrMode.CREATE_OR_REPLACE);
    assertEquals(List.of(name), mount.listxattr(node("/f")));
    assertEquals(1, mount.getxattr(node("/f"), name)[0]);
    mount.removexattr(OWNER, node("/f"), name);
    mount.symlink(OWNER, node("/"), Name.of("l"), "f".getBytes());
    assertEquals("f", new String(mount.readlink(node("/l"))));
    mount.link(OWNER, node("/f"), node("/"), Name.of("hard"));
    assertEquals(node("/f"), node("/hard"));
    assertEquals(2, attributes("/f").linkCount());
    assertTrue(mount.statfs(node("/.snapshots")).totalBytes() > 0);
    mount.sync();
  }

  @Test
  void accessTime_isNotedByReads_unlessNotAskedFor() throws IOException {
    write("/f", "text");
    Timestamp before = attributes("/f").accessTime();
    remount(NamespaceOptions.defaults().withAccessTimes(false));
    read("/f");
    assertEquals(before, attributes("/f").accessTime());
    remount(NamespaceOptions.defaults());
    read("/f");
    assertTrue(attributes("/f").accessTime().compareTo(before) > 0);
    mkdir("/.snapshots/s");
    Timestamp then = attributes("/.snapshots/s/f").accessTime();
    read("/.snapshots/s/f");
    assertEquals(then, attributes("/.snapshots/s/f").accessTime());
  }

  @Test
  void accessTime_isNotNotedByAHandleThatIsToldSo() throws IOException {
    write("/f", "text");
    mkdir("/d");
    Timestamp file = attributes("/f").accessTime();
    Timestamp directory = attributes("/d").accessTime();
    long reader = mount.open(node("/f"), false);
    mount.stopNotingAccess(reader);
    assertEquals("text", readHandle(reader));
    long lister = mount.opendir(node("/d"));
    mount.stopNotingAccess(lister);
    mount.readdir(lister, 0, (name, inode, mode, cookie) -> true);
    assertEquals(file, attributes("/f").accessTime());
    assertEquals(directory, attributes("/d").accessTime());
    mount.release(reader);
    mount.releasedir(lister);
    assertEquals(Errno.EBADF, errno(() -> mount.stopNotingAccess(reader)));
  }

  @Test
  void create_opensWhatItMakes_asItIsToldTo() throws IOException {
    OpenFile reader = mount.create(OTHER.withUmask(022), node("/"), Name.of("r"), 0666, false);
    assertEquals(node("/r"), reader.entry().node());
    assertEquals(FileMode.REGULAR | 0644, reader.entry().attributes().mode());
    assertEquals(OTHER.uid(), attributes("/r").uid());
    ByteBuffer text = ByteBuffer.wrap("text".getBytes());
    assertEquals(Errno.EBADF, errno(() -> mount.write(reader.handle(), 0, text)));
    OpenFile writer = mount.create(OTHER, node("/"), Name.of("w"), 0600, true);
    mount.write(writer.handle(), 0, text);
    unlink("/w");
    assertEquals("text", readHandle(writer.handle()));
    mount.release(reader.handle());
    mount.release(writer.handle());
    assertEquals(Errno.ENOENT, errno(() -> mount.getattr(writer.entry().node())));
    assertEquals("", read("/r"));
  }

  @Test
  void create_whereNoFileCanBe_makesNone() throws IOException {
    write("/f", "text");
    mkdir("/.snapshots/s");
    assertEquals(Errno.EEXIST, errno(() -> create("/f")));
    assertEquals(Errno.EEXIST, errno(() -> create("/.snapshots")));
    assertEquals(Errno.EPERM, errno(() -> create("/.snapshots/t")));
    assertEquals(Errno.EROFS, errno(() -> create("/.snapshots/s/g")));
    assertEquals(Errno.ENOTDIR, errno(() -> create("/f/g")));
    assertEquals(List.of("f"), list("/"));
    rmdir("/.snapshots/s");
  }

  private OpenFile create(String path) throws IOException {
    return mount.create(OWNER, above(path), last(path), 0644, true);
  }

  @Test
  void newFiles_belongToTheCaller() throws IOException {
    assertEquals(OTHER.uid(), mkdir(OTHER, "/d").attributes().uid());
    assertEquals(
        OTHER.gid(),
        mount
            .mknod(OTHER, node("/d"), Name.of("f"), FileMode.REGULAR | 0600, 0)
            .attributes()
            .gid());
  }
}
