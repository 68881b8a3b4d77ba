package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Modes, owners, times and sizes that are set. */
public interface AttributeContract extends TreeFixture {
  @Test
  default void setattr_mode_keepsTheType() throws IOException {
    long file = file(tree(), "f");
    long directory = directory(tree(), "d");
    for (int mode : new int[] {0, 0777, 07777, 04755, 01000}) {
      InodeAttributes changed = tree().setattr(file, AttributeChange.ofMode(mode));
      assertEquals(FileMode.REGULAR | mode, changed.mode());
      assertEquals(changed, attributes(tree(), file));
      assertEquals(
          FileMode.DIRECTORY | mode,
          tree().setattr(directory, AttributeChange.ofMode(mode)).mode());
    }
  }

  @Test
  default void dropSetIds_takesThem_whereAFileHasAny() throws IOException {
    long file = file(tree(), "f");
    for (int[] modes : new int[][] {{06755, 0755}, {04711, 0711}, {02755, 0755}, {02745, 02745}}) {
      tree().setattr(file, AttributeChange.ofMode(modes[0]));
      assertEquals(modes[0] != modes[1], tree().dropSetIds(file));
      assertEquals(FileMode.REGULAR | modes[1], attributes(tree(), file).mode());
    }
    long directory = directory(tree(), "d");
    tree().setattr(directory, AttributeChange.ofMode(06755));
    assertFalse(tree().dropSetIds(directory));
  }

  @Test
  default void setattr_owner_leavesWhatIsNull() throws IOException {
    long file = file(tree(), "f");
    assertEquals(5, tree().setattr(file, AttributeChange.ofOwner(5, null)).uid());
    assertEquals(6, tree().setattr(file, AttributeChange.ofOwner(null, 6)).gid());
    InodeAttributes both = attributes(tree(), file);
    assertEquals(5, both.uid());
    assertEquals(6, both.gid());
    assertEquals(-2, tree().setattr(file, AttributeChange.ofOwner(-2, null)).uid());
  }

  @Test
  default void setattr_owner_clearsSetUidAndSetGidOfFiles() throws IOException {
    assertEquals(0755, modeAfterChown(06755));
    assertEquals(0755, modeAfterChown(04755));
    // set-gid without group execute is no privilege
    assertEquals(02744, modeAfterChown(06744));
    long directory = directory(tree(), "d");
    tree().setattr(directory, AttributeChange.ofMode(06755));
    assertEquals(
        FileMode.DIRECTORY | 06755,
        tree().setattr(directory, AttributeChange.ofOwner(1, 1)).mode());
  }

  private int modeAfterChown(int mode) throws IOException {
    long file = file(tree(), "f" + mode);
    tree().setattr(file, AttributeChange.ofMode(mode));
    return tree().setattr(file, AttributeChange.ofOwner(1, 1)).mode() & FileMode.PERMISSION_MASK;
  }

  /** Who may keep the bits is a question of privileges: the kernel asks it, and sets the mode. */
  @Test
  default void write_leavesTheModeToTheKernel() throws IOException {
    long file = file(tree(), "f", "text");
    tree().setattr(file, AttributeChange.ofMode(06755));
    write(tree(), file, 0, "x");
    assertEquals(FileMode.REGULAR | 06755, attributes(tree(), file).mode());
    tree().setattr(file, AttributeChange.ofSize(1));
    assertEquals(FileMode.REGULAR | 06755, attributes(tree(), file).mode());
  }

  @Test
  default void setattr_times_areKeptToTheNanosecond() throws IOException {
    Timestamp[] times = {
      new Timestamp(0, 0),
      new Timestamp(-1, 999_999_999),
      new Timestamp(-2_147_483_648L, 1),
      new Timestamp(2_147_483_648L, 123_456_789),
      new Timestamp(4_294_967_296L, 0),
      new Timestamp(253_402_300_799L, 999_999_999)
    };
    long file = file(tree(), "f");
    for (Timestamp access : times) {
      for (Timestamp modification : times) {
        InodeAttributes changed =
            tree().setattr(file, AttributeChange.ofTimes(access, modification));
        assertEquals(access, changed.accessTime());
        assertEquals(modification, changed.modificationTime());
        assertEquals(changed, attributes(tree(), file));
      }
    }
    Timestamp only = new Timestamp(7, 8);
    InodeAttributes before = attributes(tree(), file);
    InodeAttributes after = tree().setattr(file, AttributeChange.ofTimes(null, only));
    assertEquals(before.accessTime(), after.accessTime());
    assertEquals(only, after.modificationTime());
  }

  @Test
  default void setattr_everythingAtOnce() throws IOException {
    long file = file(tree(), "f", "some text");
    Timestamp access = new Timestamp(1, 2);
    Timestamp modification = new Timestamp(3, 4);
    InodeAttributes changed =
        tree().setattr(file, new AttributeChange(0700, 8, 9, 4L, access, modification, null));
    assertEquals(FileMode.REGULAR | 0700, changed.mode());
    assertEquals(8, changed.uid());
    assertEquals(9, changed.gid());
    assertEquals(4, changed.size());
    assertEquals(access, changed.accessTime());
    assertEquals(modification, changed.modificationTime());
    assertEquals("some", text(tree(), file));
    assertEquals(changed, attributes(tree(), file));
  }

  @Test
  default void setattr_size_onlyOfRegularFiles() throws IOException {
    long directory = directory(tree(), "d");
    long fifo = tree().create(ROOT, name("p"), FileMode.FIFO | 0600, UID, GID, 0).inode();
    long link = tree().symlink(ROOT, name("l"), new byte[] {'x'}, UID, GID).inode();
    long file = file(tree(), "f");
    refused(EISDIR, () -> tree().setattr(directory, AttributeChange.ofSize(0)));
    refused(EINVAL, () -> tree().setattr(fifo, AttributeChange.ofSize(0)));
    refused(EINVAL, () -> tree().setattr(link, AttributeChange.ofSize(0)));
    refused(EINVAL, () -> tree().setattr(file, AttributeChange.ofSize(-1)));
    refused(ENOENT, () -> tree().setattr(99_999, AttributeChange.ofMode(0)));
  }

  @Test
  default void setattr_ofSymlink_isItsOwn() throws IOException {
    long link = tree().symlink(ROOT, name("l"), new byte[] {'x'}, UID, GID).inode();
    Timestamp time = new Timestamp(1, 2);
    InodeAttributes changed =
        tree().setattr(link, new AttributeChange(null, 3, 4, null, time, time, null));
    assertEquals(3, changed.uid());
    assertEquals(time, changed.modificationTime());
    assertEquals(1, changed.size());
  }

  @Test
  default void data_onlyOfRegularFiles() throws IOException {
    long directory = directory(tree(), "d");
    long fifo = tree().create(ROOT, name("p"), FileMode.FIFO | 0600, UID, GID, 0).inode();
    var ofDirectory = EnumSet.of(EISDIR, EINVAL);
    refused(ofDirectory, () -> write(tree(), directory, 0, "x"));
    refused(ofDirectory, () -> Trees.read(tree(), directory, 0, 1));
    refused(EINVAL, () -> write(tree(), fifo, 0, "x"));
    refused(EINVAL, () -> Trees.read(tree(), fifo, 0, 1));
    refused(ENOENT, () -> write(tree(), 99_999, 0, "x"));
    refused(ENOENT, () -> Trees.read(tree(), 99_999, 0, 1));
    refused(ENOENT, () -> tree().fsync(99_999, false));
  }
}
