package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WireTest {
  /** Structure, member (none for the size), and what stands for it here. */
  private static final Object[][] LAYOUT = {
    {"fuse_in_header", "", Wire.InHeader.BYTES, 40},
    {"fuse_in_header", "opcode", Wire.InHeader.OPCODE, 4},
    {"fuse_in_header", "unique", Wire.InHeader.UNIQUE, 8},
    {"fuse_in_header", "nodeid", Wire.InHeader.NODE, 16},
    {"fuse_in_header", "uid", Wire.InHeader.UID, 24},
    {"fuse_in_header", "gid", Wire.InHeader.GID, 28},
    {"fuse_in_header", "pid", Wire.InHeader.PID, 32},
    {"fuse_out_header", "", Wire.OutHeader.BYTES, 16},
    {"fuse_out_header", "error", Wire.OutHeader.ERROR, 4},
    {"fuse_out_header", "unique", Wire.OutHeader.UNIQUE, 8},
    {"fuse_attr", "", Wire.Attr.BYTES, 88},
    {"fuse_attr", "size", Wire.Attr.SIZE, 8},
    {"fuse_attr", "blocks", Wire.Attr.BLOCKS, 16},
    {"fuse_attr", "atime", Wire.Attr.ATIME, 24},
    {"fuse_attr", "mtime", Wire.Attr.MTIME, 32},
    {"fuse_attr", "ctime", Wire.Attr.CTIME, 40},
    {"fuse_attr", "atimensec", Wire.Attr.ATIME_NANOS, 48},
    {"fuse_attr", "mtimensec", Wire.Attr.MTIME_NANOS, 52},
    {"fuse_attr", "ctimensec", Wire.Attr.CTIME_NANOS, 56},
    {"fuse_attr", "mode", Wire.Attr.MODE, 60},
    {"fuse_attr", "nlink", Wire.Attr.LINKS, 64},
    {"fuse_attr", "uid", Wire.Attr.UID, 68},
    {"fuse_attr", "gid", Wire.Attr.GID, 72},
    {"fuse_attr", "rdev", Wire.Attr.DEVICE, 76},
    {"fuse_attr", "blksize", Wire.Attr.BLOCK_SIZE, 80},
    {"fuse_attr_out", "", Wire.AttrOut.BYTES, 104},
    {"fuse_attr_out", "attr_valid_nsec", Wire.AttrOut.VALID_NANOS, 8},
    {"fuse_attr_out", "attr", Wire.AttrOut.ATTR, 16},
    {"fuse_entry_out", "", Wire.EntryOut.BYTES, 128},
    {"fuse_entry_out", "generation", Wire.EntryOut.GENERATION, 8},
    {"fuse_entry_out", "entry_valid", Wire.EntryOut.ENTRY_VALID, 16},
    {"fuse_entry_out", "attr_valid", Wire.EntryOut.ATTR_VALID, 24},
    {"fuse_entry_out", "entry_valid_nsec", Wire.EntryOut.ENTRY_VALID_NANOS, 32},
    {"fuse_entry_out", "attr_valid_nsec", Wire.EntryOut.ATTR_VALID_NANOS, 36},
    {"fuse_entry_out", "attr", Wire.EntryOut.ATTR, 40},
    {"fuse_init_in", "flags", Wire.InitIn.FLAGS, 12},
    {"fuse_init_in", "max_readahead", Wire.InitIn.READAHEAD, 8},
    {"fuse_init_out", "", Wire.InitOut.BYTES, 64},
    {"fuse_init_out", "flags", Wire.InitOut.FLAGS, 12},
    {"fuse_init_out", "max_background", Wire.InitOut.BACKGROUND, 16},
    {"fuse_init_out", "congestion_threshold", Wire.InitOut.CONGESTION, 18},
    {"fuse_init_out", "max_write", Wire.InitOut.WRITE_BYTES, 20},
    {"fuse_init_out", "time_gran", Wire.InitOut.TIME_GRAIN, 24},
    {"fuse_init_out", "max_pages", Wire.InitOut.PAGES, 28},
    {"fuse_forget_in", "", Wire.ForgetIn.BYTES, 8},
    {"fuse_interrupt_in", "", Wire.InterruptIn.BYTES, 8},
    {"fuse_batch_forget_in", "", Wire.BatchForgetIn.BYTES, 8},
    {"fuse_forget_one", "", Wire.BatchForgetIn.ONE_BYTES, 16},
    {"fuse_forget_one", "nlookup", Wire.BatchForgetIn.ONE_LOOKUPS, 8},
    {"fuse_setattr_in", "", Wire.SetattrIn.BYTES, 88},
    {"fuse_setattr_in", "size", Wire.SetattrIn.SIZE, 16},
    {"fuse_setattr_in", "atime", Wire.SetattrIn.ATIME, 32},
    {"fuse_setattr_in", "mtime", Wire.SetattrIn.MTIME, 40},
    {"fuse_setattr_in", "ctime", Wire.SetattrIn.CTIME, 48},
    {"fuse_setattr_in", "atimensec", Wire.SetattrIn.ATIME_NANOS, 56},
    {"fuse_setattr_in", "mtimensec", Wire.SetattrIn.MTIME_NANOS, 60},
    {"fuse_setattr_in", "mode", Wire.SetattrIn.MODE, 68},
    {"fuse_setattr_in", "uid", Wire.SetattrIn.UID, 76},
    {"fuse_setattr_in", "gid", Wire.SetattrIn.GID, 80},
    {"fuse_mknod_in", "", Wire.MknodIn.BYTES, 16},
    {"fuse_mknod_in", "rdev", Wire.MknodIn.DEVICE, 4},
    {"fuse_mknod_in", "umask", Wire.MknodIn.UMASK, 8},
    {"fuse_mkdir_in", "", Wire.MkdirIn.BYTES, 8},
    {"fuse_mkdir_in", "umask", Wire.MkdirIn.UMASK, 4},
    {"fuse_rename_in", "", Wire.RenameIn.BYTES, 8},
    {"fuse_rename2_in", "", Wire.Rename2In.BYTES, 16},
    {"fuse_rename2_in", "flags", Wire.Rename2In.FLAGS, 8},
    {"fuse_link_in", "", Wire.LinkIn.BYTES, 8},
    {"fuse_open_in", "", Wire.OpenIn.BYTES, 8},
    {"fuse_create_in", "", Wire.CreateIn.BYTES, 16},
    {"fuse_create_in", "mode", Wire.CreateIn.MODE, 4},
    {"fuse_create_in", "umask", Wire.CreateIn.UMASK, 8},
    {"fuse_open_out", "", Wire.OpenOut.BYTES, 16},
    {"fuse_open_out", "open_flags", Wire.OpenOut.FLAGS, 8},
    {"fuse_release_in", "", Wire.ReleaseIn.BYTES, 24},
    {"fuse_read_in", "", Wire.ReadIn.BYTES, 40},
    {"fuse_read_in", "offset", Wire.ReadIn.OFFSET, 8},
    {"fuse_read_in", "size", Wire.ReadIn.SIZE, 16},
    {"fuse_write_in", "", Wire.WriteIn.BYTES, 40},
    {"fuse_write_in", "write_flags", Wire.WriteIn.WRITE_FLAGS, 20},
    {"fuse_write_in", "flags", Wire.WriteIn.FLAGS, 32},
    {"fuse_write_out", "", Wire.WriteOut.BYTES, 8},
    {"fuse_statfs_out", "", Wire.StatfsOut.BYTES, 80},
    {"fuse_statfs_out", "st.bavail", Wire.StatfsOut.BLOCKS_AVAILABLE, 16},
    {"fuse_statfs_out", "st.ffree", Wire.StatfsOut.FILES_FREE, 32},
    {"fuse_statfs_out", "st.namelen", Wire.StatfsOut.NAME_LENGTH, 44},
    {"fuse_statfs_out", "st.frsize", Wire.StatfsOut.FRAGMENT_SIZE, 48},
    {"fuse_fsync_in", "", Wire.FsyncIn.BYTES, 16},
    {"fuse_fsync_in", "fsync_flags", Wire.FsyncIn.FLAGS, 8},
    {"fuse_setxattr_in", "", Wire.SetxattrIn.BYTES, 16},
    {"fuse_setxattr_in", "setxattr_flags", Wire.SetxattrIn.SETXATTR_FLAGS, 8},
    {"fuse_getxattr_in", "", Wire.GetxattrIn.BYTES, 8},
    {"fuse_getxattr_out", "", Wire.GetxattrOut.BYTES, 8},
    {"fuse_ioctl_in", "", Wire.IoctlIn.BYTES, 32},
    {"fuse_ioctl_in", "cmd", Wire.IoctlIn.COMMAND, 12},
    {"fuse_ioctl_in", "out_size", Wire.IoctlIn.ROOM, 28},
    {"fuse_ioctl_out", "", Wire.IoctlOut.BYTES, 16},
    {"fuse_fallocate_in", "", Wire.FallocateIn.BYTES, 32},
    {"fuse_fallocate_in", "length", Wire.FallocateIn.LENGTH, 16},
    {"fuse_fallocate_in", "mode", Wire.FallocateIn.MODE, 24},
    {"fuse_lseek_in", "", Wire.LseekIn.BYTES, 24},
    {"fuse_lseek_in", "whence", Wire.LseekIn.WHENCE, 16},
    {"fuse_lseek_out", "", Wire.LseekOut.BYTES, 8},
    {"fuse_copy_file_range_in", "", Wire.CopyIn.BYTES, 56},
    {"fuse_copy_file_range_in", "nodeid_out", Wire.CopyIn.NODE_OUT, 16},
    {"fuse_copy_file_range_in", "fh_out", Wire.CopyIn.HANDLE_OUT, 24},
    {"fuse_copy_file_range_in", "off_out", Wire.CopyIn.OFFSET_OUT, 32},
    {"fuse_copy_file_range_in", "len", Wire.CopyIn.LENGTH, 40},
    {"fuse_copy_file_range_in", "flags", Wire.CopyIn.FLAGS, 48},
    {"fuse_dirent", "", Wire.Dirent.NAME, 24},
    {"fuse_dirent", "off", Wire.Dirent.COOKIE, 8},
    {"fuse_dirent", "namelen", Wire.Dirent.NAME_LENGTH, 16},
    {"fuse_dirent", "type", Wire.Dirent.TYPE, 20},
    {"fuse_notify_inval_inode_out", "", Wire.InvalInode.BYTES, 24},
    {"fuse_notify_inval_inode_out", "off", Wire.InvalInode.OFFSET, 8},
    {"fuse_notify_inval_entry_out", "", Wire.InvalEntry.BYTES, 16},
    {"fuse_notify_inval_entry_out", "namelen", Wire.InvalEntry.NAME_LENGTH, 8},
  };

  @Test
  void layout_isTheProtocols() {
    for (Object[] row : LAYOUT) {
      assertEquals(row[3], row[2], row[0] + " " + row[1]);
    }
    assertEquals(288, Wire.StatxOut.BYTES);
    assertEquals(24, Wire.StatxIn.BYTES);
    assertEquals(32 + 64, Wire.StatxOut.ATIME);
  }

  /** Where the header is installed, the compiler says the same. */
  @Test
  void layout_isTheHeaders(@TempDir Path directory) throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/include/linux/fuse.h")), "skipped: no linux/fuse.h");
    StringBuilder source =
        new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n#include <linux/fuse.h>\n");
    source.append("int main(void) {\n");
    StringBuilder expected = new StringBuilder();
    for (Object[] row : LAYOUT) {
      String what =
          row[1].equals("")
              ? "sizeof(struct " + row[0] + ")"
              : "offsetof(struct " + row[0] + ", " + row[1] + ")";
      source.append("  printf(\"" + row[0] + " " + row[1] + " %zu\\n\", " + what + ");\n");
      expected.append(row[0] + " " + row[1] + " " + row[2] + "\n");
    }
    Files.writeString(directory.resolve("layout.c"), source.append("}\n").toString());
    assertEquals(
        expected.toString().strip(),
        Shell.ok(directory, "gcc -o layout layout.c && ./layout").strip());
  }
}
