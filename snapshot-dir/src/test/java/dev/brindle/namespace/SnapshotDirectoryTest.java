package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotDirectoryTest extends MountFixture {
  @Test
  void mkdir_inSnapshots_keepsTheDirectoryAsItWas() throws IOException {
    mkdir("/d");
    write("/d/f", "old");
    mkdir("/d/.snapshots/s");
    write("/d/f", "new");
    write("/d/g", "more");
    assertEquals("old", read("/d/.snapshots/s/f"));
    assertEquals(List.of("f"), list("/d/.snapshots/s"));
    assertEquals("new", read("/d/f"));
  }

  @Test
  void snapshot_isOfTheWholeVolume() throws IOException {
    mkdir("/d");
    write("/f", "at the root");
    mkdir("/d/.snapshots/s");
    unlink("/f");
    assertEquals("at the root", read("/.snapshots/s/f"));
    assertEquals(List.of("s"), list("/.snapshots"));
  }

  @Test
  void mkdir_answersWithWhatLookupFinds() throws IOException {
    mkdir("/d");
    assertEquals(mkdir("/d/.snapshots/s").node(), node("/d/.snapshots/s"));
  }

  @Test
  void snapshots_listsOnlyThoseInWhichTheDirectoryExists() throws IOException {
    mkdir("/.snapshots/before");
    mkdir("/d");
    mkdir("/.snapshots/with");
    assertEquals(List.of("with"), list("/d/.snapshots"));
    assertEquals(List.of("before", "with"), list("/.snapshots"));
    assertEquals(Errno.ENOENT, errno(() -> stat("/d/.snapshots/before")));
    assertEquals(Errno.ENOENT, errno(() -> rmdir("/d/.snapshots/before")));
  }

  @Test
  void directory_thatMoved_showsItsPast() throws IOException {
    mkdir("/a");
    mkdir("/a/d");
    write("/a/d/f", "text");
    mkdir("/.snapshots/s");
    mkdir("/b");
    rename("/a/d", "/b/e");
    mkdir("/a/d");
    assertEquals("text", read("/b/e/.snapshots/s/f"));
    assertEquals(List.of(), list("/a/d/.snapshots"));
  }

  @Test
  void snapshots_isListedOnlyWhenVisible() throws IOException {
    mkdir("/d");
    assertEquals(List.of("d"), list("/"));
    assertEquals(List.of(), list("/d"));
    remount(NamespaceOptions.defaults().withVisibility(SnapshotVisibility.VISIBLE));
    mkdir("/.snapshots/s");
    assertEquals(List.of(".snapshots", ".clones", "d"), list("/"));
    assertEquals(List.of(".snapshots"), list("/d"));
    assertEquals(List.of(".clones", "d"), list("/.snapshots/s"));
    assertEquals(List.of(), list("/.snapshots/s/d"));
    assertEquals(inode("/d/.snapshots"), listInodes("/d").get(".snapshots"));
    assertEquals(inode("/.clones"), listInodes("/").get(".clones"));
  }

  @Test
  void virtualDirectories_areVolatile() throws IOException {
    mkdir("/d");
    mkdir("/.snapshots/s");
    for (String path : List.of("/.snapshots", "/.clones", "/d/.snapshots")) {
      assertTrue(mount.isVolatile(node(path)), path);
    }
    for (String path : List.of("/", "/d", "/.snapshots/s", "/d/.snapshots/s")) {
      assertFalse(mount.isVolatile(node(path)), path);
    }
  }

  @Test
  void snapshots_whenDisabled_doesNotExistAndCannotBeMade() throws IOException {
    remount(NamespaceOptions.defaults().withVisibility(SnapshotVisibility.DISABLED));
    assertEquals(Errno.ENOENT, errno(() -> stat("/.snapshots")));
    assertEquals(Errno.ENOENT, errno(() -> stat("/.clones")));
    assertEquals(Errno.EPERM, errno(() -> mkdir("/.snapshots")));
    assertEquals(Errno.EPERM, errno(() -> mkdir("/.clones")));
    assertEquals(Errno.ENOENT, errno(() -> rmdir("/.snapshots")));
    mkdir("/d");
    assertEquals(Errno.EPERM, errno(() -> mknod("/d/.snapshots")));
    assertEquals(Errno.EPERM, errno(() -> rename("/d", "/.snapshots")));
    mkdir("/d/.clones");
  }

  @Test
  void reservedNames_areRefusedForFiles() throws IOException {
    mkdir("/d");
    write("/f", "text");
    assertEquals(Errno.EEXIST, errno(() -> mkdir("/d/.snapshots")));
    assertEquals(Errno.EEXIST, errno(() -> mknod("/d/.snapshots")));
    assertEquals(
        Errno.EEXIST,
        errno(() -> mount.symlink(OWNER, node("/d"), Name.of(".snapshots"), new byte[] {'x'})));
    assertEquals(
        Errno.EEXIST, errno(() -> mount.link(OWNER, node("/f"), node("/"), Name.of(".clones"))));
    assertEquals(Errno.EPERM, errno(() -> rename("/f", "/d/.snapshots")));
    assertEquals(Errno.EPERM, errno(() -> rename("/d", "/.clones")));
    assertEquals(Errno.EPERM, errno(() -> rename("/d/.snapshots", "/x")));
    assertEquals(Errno.EPERM, errno(() -> rmdir("/d/.snapshots")));
    assertEquals(Errno.EISDIR, errno(() -> unlink("/d/.snapshots")));
  }

  @Test
  void dotClones_belowTheRoot_isAnOrdinaryName() throws IOException {
    mkdir("/d");
    mkdir("/d/.clones");
    write("/d/.clones/f", "text");
    assertEquals(List.of(".clones"), list("/d"));
    mkdir("/.snapshots/s");
    assertEquals("text", read("/.snapshots/s/d/.clones/f"));
  }

  @Test
  void snapshots_insideASnapshot_doesNotExist() throws IOException {
    mkdir("/d");
    mkdir("/.snapshots/s");
    assertEquals(Errno.ENOENT, errno(() -> stat("/.snapshots/s/.snapshots")));
    assertEquals(Errno.ENOENT, errno(() -> stat("/d/.snapshots/s/.snapshots")));
    assertEquals(Errno.EROFS, errno(() -> mkdir("/.snapshots/s/.snapshots")));
    assertEquals(Errno.ENOENT, errno(() -> stat("/.snapshots/.snapshots")));
  }

  @Test
  void snapshots_ofAFile_isNotADirectory() throws IOException {
    write("/f", "text");
    assertEquals(Errno.ENOTDIR, errno(() -> stat("/f/.snapshots")));
  }

  @Test
  void snapshot_isReadOnly() throws IOException {
    mkdir("/d");
    write("/d/f", "text");
    mkdir("/.snapshots/s");
    String s = "/.snapshots/s";
    assertEquals(Errno.EROFS, errno(() -> mkdir(s + "/x")));
    assertEquals(Errno.EROFS, errno(() -> mknod(s + "/x")));
    assertEquals(Errno.EROFS, errno(() -> unlink(s + "/d/f")));
    assertEquals(Errno.EROFS, errno(() -> rmdir(s + "/d")));
    assertEquals(Errno.EROFS, errno(() -> rename(s + "/d/f", s + "/g")));
    assertEquals(Errno.EROFS, errno(() -> mount.open(node(s + "/d/f"), true)));
    assertEquals(
        Errno.EROFS,
        errno(() -> mount.setattr(OWNER, node(s + "/d"), AttributeChange.ofMode(0700))));
    assertEquals(
        Errno.EROFS,
        errno(
            () ->
                mount.setxattr(
                    OWNER,
                    node(s + "/d"),
                    Name.of("user.x"),
                    new byte[1],
                    XattrMode.CREATE_OR_REPLACE)));
    assertEquals(
        Errno.EROFS, errno(() -> mount.removexattr(OWNER, node(s + "/d"), Name.of("user.x"))));
    assertEquals(
        Errno.EROFS, errno(() -> mount.link(OWNER, node(s + "/d/f"), node(s), Name.of("hard"))));
  }

  @Test
  void files_doNotMoveBetweenVersions() throws IOException {
    mkdir("/d");
    write("/d/f", "text");
    mkdir("/.snapshots/s");
    assertEquals(Errno.EXDEV, errno(() -> rename("/.snapshots/s/d/f", "/g")));
    assertEquals(Errno.EXDEV, errno(() -> rename("/d/f", "/.snapshots/s/g")));
    assertEquals(Errno.EXDEV, errno(() -> rename("/.snapshots/s", "/g")));
    assertEquals(
        Errno.EXDEV,
        errno(() -> mount.link(OWNER, node("/.snapshots/s/d/f"), node("/"), Name.of("g"))));
    assertEquals(Errno.EPERM, errno(() -> rename("/d", "/.snapshots/t")));
    assertEquals(Errno.EXDEV, errno(() -> rename("/.snapshots/s", "/.clones/s")));
  }

  @Test
  void virtualDirectory_takesNoFiles() throws IOException {
    write("/f", "text");
    mkdir("/.snapshots/s");
    for (String at : List.of("/.snapshots", "/.clones")) {
      assertEquals(Errno.EPERM, errno(() -> mknod(at + "/x")));
      assertEquals(
          Errno.EPERM, errno(() -> mount.symlink(OWNER, node(at), Name.of("x"), new byte[] {'x'})));
      assertEquals(Errno.EPERM, errno(() -> mount.link(OWNER, node("/f"), node(at), Name.of("x"))));
      assertEquals(
          Errno.EPERM, errno(() -> mount.setattr(OWNER, node(at), AttributeChange.ofMode(0777))));
      assertEquals(Errno.ENODATA, errno(() -> mount.getxattr(node(at), Name.of("user.x"))));
      assertEquals(List.of(), mount.listxattr(node(at)));
      assertEquals(Errno.EISDIR, errno(() -> mount.open(node(at), false)));
      assertEquals(Errno.ENOENT, errno(() -> unlink(at + "/x")));
    }
    assertEquals(Errno.EISDIR, errno(() -> unlink("/.snapshots/s")));
  }

  @Test
  void rename_inSnapshots_renamesTheSnapshot() throws IOException {
    mkdir("/d");
    mkdir("/e");
    write("/d/f", "text");
    mkdir("/.snapshots/a");
    rename("/d/.snapshots/a", "/d/.snapshots/b");
    assertEquals(List.of("b"), list("/.snapshots"));
    rename("/d/.snapshots/b", "/e/.snapshots/c");
    assertEquals("text", read("/d/.snapshots/c/f"));
    rename("/.snapshots/c", "/.snapshots/c");
    assertEquals(List.of("c"), list("/.snapshots"));
  }

  @Test
  void rename_ontoASnapshot_isRefused() throws IOException {
    mkdir("/.snapshots/a");
    mkdir("/.snapshots/b");
    assertEquals(Errno.EEXIST, errno(() -> rename("/.snapshots/a", "/.snapshots/b")));
    assertEquals(
        Errno.EEXIST, errno(() -> rename("/.snapshots/a", "/.snapshots/a", RenameMode.NO_REPLACE)));
    assertEquals(
        Errno.EINVAL, errno(() -> rename("/.snapshots/a", "/.snapshots/b", RenameMode.EXCHANGE)));
    assertEquals(
        Errno.ENOENT, errno(() -> rename("/.snapshots/a", "/.snapshots/x", RenameMode.EXCHANGE)));
    assertEquals(Errno.ENOENT, errno(() -> rename("/.snapshots/x", "/.snapshots/y")));
    rename("/.snapshots/a", "/.snapshots/c", RenameMode.NO_REPLACE);
    assertEquals(List.of("c", "b"), list("/.snapshots"));
  }

  @Test
  void names_followTheRules() throws IOException {
    mkdir("/.snapshots/@GMT-2026.01.31-12.00.00");
    mkdir("/.snapshots/" + "n".repeat(127));
    mkdir("/.snapshots/.snapshots");
    assertEquals(Errno.EEXIST, errno(() -> mkdir("/.snapshots/.snapshots")));
    assertEquals(Errno.EINVAL, errno(() -> mkdir("/.snapshots/" + "n".repeat(128))));
    assertEquals(Errno.EINVAL, errno(() -> mkdir("/.snapshots/" + "n".repeat(255))));
    assertEquals(Errno.ENAMETOOLONG, errno(() -> mkdir("/.snapshots/" + "n".repeat(256))));
    assertEquals(Errno.ENOENT, errno(() -> stat("/.snapshots/" + "n".repeat(128))));
    assertEquals(Errno.ENAMETOOLONG, errno(() -> stat("/.snapshots/" + "n".repeat(256))));
    assertEquals(Errno.EINVAL, errno(() -> mkdir("/.snapshots/a\0b")));
    assertEquals(
        Errno.EINVAL,
        errno(() -> rename("/.snapshots/.snapshots", "/.snapshots/" + "n".repeat(200))));
  }

  @Test
  void changes_areForTheOwnerOfTheRoot() throws IOException {
    assertEquals(Errno.EPERM, errno(() -> mkdir(OTHER, "/.snapshots/s")));
    mkdir(Caller.ROOT, "/.snapshots/s");
    assertEquals(Errno.EEXIST, errno(() -> mkdir(OTHER, "/.snapshots/s")));
    assertEquals(Errno.EPERM, errno(() -> rmdir(OTHER, "/.snapshots/s")));
    long at = node("/.snapshots");
    assertEquals(
        Errno.EPERM,
        errno(() -> mount.rename(OTHER, at, Name.of("s"), at, Name.of("t"), RenameMode.REPLACE)));
    mount.setattr(
        Caller.ROOT, InodeFileSystem.ROOT_NODE, AttributeChange.ofOwner(OTHER.uid(), null));
    rmdir(OTHER, "/.snapshots/s");
    assertEquals(Errno.EPERM, errno(() -> mkdir(OWNER, "/.snapshots/s")));
  }

  @Test
  void rmdir_ofASnapshotWithOpenFiles_isBusy() throws IOException {
    write("/f", "text");
    mkdir("/.snapshots/s");
    long file = mount.open(node("/.snapshots/s/f"), false);
    assertEquals(Errno.EBUSY, errno(() -> rmdir("/.snapshots/s")));
    assertEquals("text", readHandle(file));
    mount.release(file);
    long listing = mount.opendir(node("/.snapshots/s"));
    assertEquals(Errno.EBUSY, errno(() -> rmdir("/.snapshots/s")));
    mount.releasedir(listing);
    rmdir("/.snapshots/s");
    assertEquals(List.of(), list("/.snapshots"));
  }

  @Test
  void nodesOfADeletedSnapshot_areStaleForEver() throws IOException {
    write("/f", "old");
    long stale = mkdir("/.snapshots/s").node();
    long staleFile = node("/.snapshots/s/f");
    rmdir("/.snapshots/s");
    mkdir("/.snapshots/s");
    assertEquals(Errno.ESTALE, errno(() -> mount.getattr(stale)));
    assertEquals(Errno.ESTALE, errno(() -> mount.lookup(stale, Name.of("f"))));
    assertEquals(Errno.ESTALE, errno(() -> mount.open(staleFile, false)));
    assertNotEquals(stale, node("/.snapshots/s"));
  }

  @Test
  void rmdir_ofADirectoryWithSnapshots_works() throws IOException {
    mkdir("/d");
    mkdir("/d/.snapshots/s");
    long hidden = node("/d/.snapshots");
    rmdir("/d");
    assertEquals(Errno.ENOENT, errno(() -> mount.getattr(hidden)));
    assertEquals(List.of("d"), list("/.snapshots/s"));
  }

  @Test
  void snapshots_ofARemovedDirectory_takesNone() throws IOException {
    mkdir("/d");
    long open = mount.opendir(node("/d"));
    long hidden = node("/d/.snapshots");
    rmdir("/d");
    assertEquals(Errno.ENOENT, errno(() -> mount.mkdir(OWNER, hidden, Name.of("s"), 0755)));
    assertEquals(List.of(), list("/.snapshots"));
    mkdir("/.snapshots/s");
    assertEquals(Errno.ENOENT, errno(() -> mount.lookup(hidden, Name.of("s"))));
    mount.releasedir(open);
  }

  @Test
  void attributes_areThoseOfAReadableDirectory() throws IOException {
    mkdir("/d");
    InodeAttributes found = attributes("/d/.snapshots");
    assertEquals(FileMode.DIRECTORY | 0755, found.mode());
    assertEquals(1, found.linkCount());
    assertEquals(StoreKind.OWNER, found.uid());
    assertEquals(2, attributes("/d").linkCount());
  }

  @Test
  void modificationTime_changesWithTheList() throws IOException {
    mkdir("/d");
    Timestamp empty = attributes("/d/.snapshots").modificationTime();
    mkdir("/.snapshots/s");
    Timestamp one = attributes("/d/.snapshots").modificationTime();
    assertTrue(one.compareTo(empty) > 0);
    assertEquals(one, attributes("/.snapshots").modificationTime());
    rename("/.snapshots/s", "/.snapshots/t");
    Timestamp renamed = attributes("/d/.snapshots").modificationTime();
    assertTrue(renamed.compareTo(one) > 0);
    rmdir("/.snapshots/t");
    assertTrue(attributes("/d/.snapshots").modificationTime().compareTo(renamed) > 0);
  }

  @Test
  void modificationTime_ofTheFirstLook_knowsOfADeletion() throws IOException {
    mkdir("/.snapshots/s");
    Timestamp made = opened.store().snapshots(opened.volume()).get(0).created();
    remount(NamespaceOptions.defaults());
    rmdir("/.snapshots/s");
    assertTrue(attributes("/.snapshots").modificationTime().compareTo(made) > 0);
  }

  @Test
  void modificationTime_noticesChangesMadeElsewhere() throws Exception {
    Timestamp empty = attributes("/.snapshots").modificationTime();
    opened.store().createSnapshot(opened.volume(), Name.of("s"));
    Thread.sleep(150);
    assertTrue(attributes("/.snapshots").modificationTime().compareTo(empty) > 0);
  }

  @Test
  void readdir_goesOnAtACookieWhenSnapshotsComeAndGo() throws IOException {
    for (String name : List.of("c", "a", "b")) {
      mkdir("/.snapshots/" + name);
    }
    long handle = mount.opendir(node("/.snapshots"));
    long[] cookie = {0};
    mount.readdir(
        handle,
        0,
        (name, inode, mode, next) -> {
          cookie[0] = next;
          return !name.equals(Name.of("c"));
        });
    rmdir("/.snapshots/c");
    mkdir("/.snapshots/d");
    List<String> rest = new java.util.ArrayList<>();
    mount.readdir(handle, cookie[0], (name, inode, mode, next) -> rest.add(name.toString()));
    mount.releasedir(handle);
    assertEquals(List.of("a", "b", "d"), rest);
  }

  @Test
  void modes_inASnapshot_areAsTheyWere() throws IOException {
    write("/f", "text");
    mkdir("/.snapshots/s");
    mount.setattr(OWNER, node("/f"), AttributeChange.ofMode(0600));
    assertEquals(FileMode.REGULAR | 0644, attributes("/.snapshots/s/f").mode());
  }
}
