package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloneDirectoryTest extends MountFixture {
  @Test
  void mkdir_inClones_clonesTheVolumeAsItIs() throws IOException {
    write("/f", "one");
    mkdir("/.clones/c");
    write("/.clones/c/f", "two");
    write("/.clones/c/g", "new");
    assertEquals("one", read("/f"));
    assertEquals("two", read("/.clones/c/f"));
    assertEquals(List.of("f"), list("/"));
    assertEquals(List.of("c"), list("/.clones"));
  }

  @Test
  void mkdir_inClonesOfASnapshot_appearsInBoth() throws IOException {
    write("/f", "old");
    mkdir("/.snapshots/s");
    mkdir("/.snapshots/t");
    write("/f", "new");
    long made = mkdir("/.snapshots/s/.clones/c").node();
    assertEquals(made, node("/.snapshots/s/.clones/c"));
    assertEquals(made, node("/.clones/c"));
    assertEquals("old", read("/.clones/c/f"));
    assertEquals(List.of("c"), list("/.snapshots/s/.clones"));
    assertEquals(List.of(), list("/.snapshots/t/.clones"));
    assertEquals(List.of("c"), list("/.clones"));
    assertEquals(Errno.ENOENT, errno(() -> stat("/.snapshots/t/.clones/c")));
    assertEquals(Errno.EEXIST, errno(() -> mkdir("/.snapshots/t/.clones/c")));
    rmdir("/.snapshots/s/.clones/c");
    assertEquals(List.of(), list("/.clones"));
  }

  @Test
  void clone_hasSnapshotsAndClonesOfItsOwn() throws IOException {
    write("/f", "0");
    mkdir("/.snapshots/s");
    mkdir("/.snapshots/s/.clones/c");
    assertEquals(List.of(), list("/.clones/c/.snapshots"));
    write("/.clones/c/f", "1");
    mkdir("/.clones/c/.snapshots/t");
    write("/.clones/c/f", "2");
    mkdir("/.clones/c/.snapshots/t/.clones/d");
    write("/.clones/c/.clones/d/f", "3");
    mkdir("/.clones/c/.clones/d/.clones/e");
    write("/.clones/c/.clones/d/.clones/e/f", "4");
    assertEquals(List.of("c"), list("/.clones"));
    assertEquals(List.of("d"), list("/.clones/c/.clones"));
    assertEquals(List.of("t"), list("/.clones/c/.snapshots"));
    assertEquals(List.of("s"), list("/.snapshots"));
    assertEquals("0", read("/f"));
    assertEquals("0", read("/.snapshots/s/f"));
    assertEquals("1", read("/.clones/c/.snapshots/t/f"));
    assertEquals("2", read("/.clones/c/f"));
    assertEquals("3", read("/.clones/c/.clones/d/f"));
    assertEquals("4", read("/.clones/c/.clones/d/.clones/e/f"));
  }

  @Test
  void origin_canBeDeletedBeforeItsClones() throws IOException {
    write("/f", "text");
    mkdir("/.snapshots/s");
    mkdir("/.snapshots/s/.clones/c");
    rmdir("/.snapshots/s");
    assertEquals("text", read("/.clones/c/f"));
    assertEquals(List.of("c"), list("/.clones"));
  }

  @Test
  void rmdir_ofACloneWithClones_isBusy() throws IOException {
    mkdir("/.clones/c");
    mkdir("/.clones/c/.clones/d");
    assertEquals(Errno.EBUSY, errno(() -> rmdir("/.clones/c")));
    rmdir("/.clones/c/.clones/d");
    rmdir("/.clones/c");
    assertEquals(List.of(), list("/.clones"));
  }

  @Test
  void rmdir_ofACloneWithOpenFiles_isBusy() throws IOException {
    write("/f", "text");
    mkdir("/.clones/c");
    long file = mount.open(node("/.clones/c/f"), true);
    assertEquals(Errno.EBUSY, errno(() -> rmdir("/.clones/c")));
    mount.release(file);
    rmdir("/.clones/c");
  }

  @Test
  void rmdir_ofAMountedClone_isBusy() throws IOException {
    mkdir("/.clones/c");
    long id = opened.store().clone(opened.volume(), Name.of("c")).orElseThrow().id();
    Namespace second =
        Namespace.open(opened.store(), id, NamespaceOptions.defaults(), new ChangeFeed());
    assertEquals(Errno.EBUSY, errno(() -> rmdir("/.clones/c")));
    second.close();
    second.close();
    rmdir("/.clones/c");
    assertEquals(
        Errno.ESTALE,
        errno(
            () ->
                Namespace.open(opened.store(), id, NamespaceOptions.defaults(), new ChangeFeed())));
  }

  @Test
  void nodesOfADeletedClone_areStale() throws IOException {
    write("/f", "text");
    mkdir("/.clones/c");
    long file = node("/.clones/c/f");
    long snapshot = mkdir("/.clones/c/.snapshots/s").node();
    rmdir("/.clones/c");
    assertEquals(Errno.ESTALE, errno(() -> mount.getattr(file)));
    assertEquals(Errno.ESTALE, errno(() -> mount.getattr(snapshot)));
    mkdir("/.clones/c");
    assertEquals(Errno.ESTALE, errno(() -> mount.getattr(file)));
  }

  @Test
  void rename_inClones_renamesTheClone() throws IOException {
    write("/f", "text");
    mkdir("/.snapshots/s");
    mkdir("/.snapshots/s/.clones/a");
    mkdir("/.clones/other");
    rename("/.clones/a", "/.clones/b");
    assertEquals("text", read("/.clones/b/f"));
    rename("/.clones/b", "/.snapshots/s/.clones/c");
    assertEquals(
        List.of("other", "c").stream().sorted().toList(),
        list("/.clones").stream().sorted().toList());
    assertEquals(Errno.EXDEV, errno(() -> rename("/.clones/other", "/.snapshots/s/.clones/x")));
    assertEquals(Errno.EXDEV, errno(() -> rename("/.clones/c", "/.clones/other/.clones/c")));
    assertEquals(Errno.EEXIST, errno(() -> rename("/.clones/c", "/.clones/other")));
  }

  @Test
  void snapshots_ofAClonesDirectory_areTheClones() throws IOException {
    mkdir("/d");
    mkdir("/.snapshots/s");
    mkdir("/.clones/c");
    mkdir("/.clones/c/d/.snapshots/t");
    assertEquals(List.of("t"), list("/.clones/c/d/.snapshots"));
    assertEquals(List.of("s"), list("/d/.snapshots"));
    assertEquals(Errno.EXDEV, errno(() -> rename("/d/.snapshots/s", "/.clones/c/d/.snapshots/s")));
  }

  @Test
  void clones_areForTheOwnerOfTheRoot() throws IOException {
    mkdir("/.snapshots/s");
    assertEquals(Errno.EPERM, errno(() -> mkdir(OTHER, "/.clones/c")));
    assertEquals(Errno.EPERM, errno(() -> mkdir(OTHER, "/.snapshots/s/.clones/c")));
    mkdir("/.clones/c");
    assertEquals(Errno.EPERM, errno(() -> rmdir(OTHER, "/.clones/c")));
    rmdir(Caller.ROOT, "/.clones/c");
  }

  @Test
  void files_doNotMoveBetweenVolumes() throws IOException {
    write("/f", "text");
    mkdir("/.clones/c");
    assertEquals(Errno.EXDEV, errno(() -> rename("/f", "/.clones/c/g")));
    assertEquals(
        Errno.EXDEV, errno(() -> mount.link(OWNER, node("/f"), node("/.clones/c"), Name.of("g"))));
  }

  @Test
  void modificationTime_changesWithTheList() throws IOException {
    Timestamp empty = attributes("/.clones").modificationTime();
    mkdir("/.clones/c");
    Timestamp one = attributes("/.clones").modificationTime();
    assertTrue(one.compareTo(empty) > 0);
    rmdir("/.clones/c");
    assertTrue(attributes("/.clones").modificationTime().compareTo(one) > 0);
  }
}
