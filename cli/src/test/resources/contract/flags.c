// The flags of lsattr and chattr.
#include "contract.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

static int get_flags(const char *path) {
  int flags = 0;
  int fd = (int)OK(open(path, O_RDONLY | O_NONBLOCK));
  OK(ioctl(fd, FS_IOC_GETFLAGS, &flags));
  OK(close(fd));
  return flags;
}

static int set_flags(const char *path, int flags) {
  int fd = (int)OK(open(path, O_RDONLY | O_NONBLOCK));
  int result = ioctl(fd, FS_IOC_SETFLAGS, &flags);
  int error = errno;
  OK(close(fd));
  errno = error;
  return result;
}

static void need_flags(void) {
  if (geteuid() != 0) skip("needs root");
  make_file("probe", "");
  if (set_flags("probe", FS_NODUMP_FL) == -1 && (errno == ENOTTY || errno == ENOSYS))
    skip("no flags here");
  EQUAL(FS_NODUMP_FL, get_flags("probe"));
  OK(unlink("probe"));
}

CASE(extension_flags_areKept_andOthersRefused) {
  need_flags();
  make_file("f", "");
  EQUAL(0, get_flags("f"));
  OK(set_flags("f", FS_NODUMP_FL | FS_NOATIME_FL));
  EQUAL(FS_NODUMP_FL | FS_NOATIME_FL, get_flags("f"));
  FAILS(EOPNOTSUPP, set_flags("f", FS_NODUMP_FL | FS_COMPR_FL));
  EQUAL(FS_NODUMP_FL | FS_NOATIME_FL, get_flags("f"));
  struct fsxattr attributes;
  int fd = (int)OK(open("f", O_RDONLY));
  OK(ioctl(fd, FS_IOC_FSGETXATTR, &attributes));
  EQUAL(FS_XFLAG_NODUMP | FS_XFLAG_NOATIME, attributes.fsx_xflags);
  attributes.fsx_xflags = FS_XFLAG_NODUMP;
  OK(ioctl(fd, FS_IOC_FSSETXATTR, &attributes));
  EQUAL(FS_NODUMP_FL, get_flags("f"));
  FAILS(ENOTTY, ioctl(fd, FS_IOC_GETVERSION, &attributes));
}

CASE(extension_flags_ofAStranger_areRefused) {
  need_flags();
  make_file("f", "");
  OK(chmod("f", 0666));
  AS_STRANGER { FAILS(EPERM, set_flags("f", FS_NODUMP_FL)); }
  OK(chown("f", STRANGER, STRANGER));
  AS_STRANGER {
    OK(set_flags("f", FS_NODUMP_FL));
    FAILS(EPERM, set_flags("f", FS_NODUMP_FL | FS_APPEND_FL));
    FAILS(EPERM, set_flags("f", FS_NODUMP_FL | FS_IMMUTABLE_FL));
  }
}

CASE(extension_flags_immutableFile_refusesEveryChange) {
  need_flags();
  make_file("f", "text");
  make_file("g", "other");
  int before = (int)OK(open("f", O_RDWR));
  OK(set_flags("f", FS_IMMUTABLE_FL));
  FAILS(EPERM, open("f", O_WRONLY));
  FAILS(EPERM, open("f", O_WRONLY | O_APPEND));
  FAILS(EPERM, open("f", O_WRONLY | O_TRUNC));
  FAILS(EPERM, pwrite(before, "x", 1, 0));
  FAILS(EPERM, ftruncate(before, 0));
  FAILS(EPERM, fallocate(before, 0, 0, 9000));
  FAILS(EPERM, truncate("f", 1));
  FAILS(EPERM, chmod("f", 0600));
  FAILS(EPERM, chown("f", 1, 1));
  FAILS(EPERM, utimensat(AT_FDCWD, "f", NULL, 0));
  FAILS(EPERM, setxattr("f", "user.a", "x", 1, 0));
  FAILS(EPERM, link("f", "h"));
  FAILS(EPERM, unlink("f"));
  FAILS(EPERM, rename("f", "h"));
  FAILS(EPERM, rename("g", "f"));
  expect_content("f", "text");
  OK(set_flags("f", 0));
  OK(unlink("f"));
}

CASE(extension_flags_appendOnlyFile_onlyGrows) {
  need_flags();
  make_file("f", "text");
  OK(set_flags("f", FS_APPEND_FL));
  FAILS(EPERM, open("f", O_WRONLY));
  FAILS(EPERM, open("f", O_WRONLY | O_APPEND | O_TRUNC));
  FAILS(EPERM, truncate("f", 1));
  FAILS(EPERM, unlink("f"));
  FAILS(EPERM, rename("f", "g"));
  FAILS(EPERM, link("f", "g"));
  int fd = (int)OK(open("f", O_WRONLY | O_APPEND));
  EQUAL(5, OK(write(fd, " more", 5)));
  OK(close(fd));
  expect_content("f", "text more");
  OK(set_flags("f", 0));
}

CASE(extension_flags_appendOnlyProgram_losesItsSetIds) {
  need_flags();
  make_file("f", "text");
  OK(chown("f", STRANGER, STRANGER));
  OK(chmod("f", 06777));
  OK(set_flags("f", FS_APPEND_FL));
  AS_STRANGER {
    int fd = (int)OK(open("f", O_WRONLY | O_APPEND));
    EQUAL(5, OK(write(fd, " more", 5)));
    OK(close(fd));
  }
  expect_content("f", "text more");
  EQUAL(0777, status_of("f").st_mode & 07777);
  OK(set_flags("f", 0));
}

CASE(extension_flags_ofDirectories_keepTheNames) {
  need_flags();
  OK(mkdir("d", 0755));
  make_file("d/f", "text");
  OK(set_flags("d", FS_IMMUTABLE_FL));
  FAILS(EPERM, open("d/new", O_CREAT | O_WRONLY, 0600));
  FAILS(EPERM, mkdir("d/new", 0755));
  FAILS(EPERM, unlink("d/f"));
  FAILS(EPERM, rename("d/f", "f"));
  FAILS(EPERM, open("d", O_TMPFILE | O_RDWR, 0600));
  make_file("d/f", "changed");
  OK(set_flags("d", FS_APPEND_FL));
  make_file("d/new", "");
  FAILS(EPERM, unlink("d/new"));
  FAILS(EPERM, rename("d/new", "d/newer"));
  EQUAL(1, WEXITSTATUS(system("rm -rf d 2>/dev/null")));
  EQUAL(2, count_entries("d"));
  OK(set_flags("d", 0));
  EQUAL(0, system("rm -r d"));
}

CASE(extension_flags_ofTheProgramsAndTheSnapshots) {
  need_flags();
  make_file("f", "text");
  EQUAL(0, system("chattr +iA f && lsattr f | grep -q '^....i..A'"));
  char past[PATH_MAX + 40];
  snprintf(past, sizeof past, "%s/.snapshots/flags", mount_root);
  OK(mkdir(past, 0755));
  EQUAL(FS_IMMUTABLE_FL | FS_NOATIME_FL, get_flags(".snapshots/flags/f"));
  FAILS(EROFS, set_flags(".snapshots/flags/f", 0));
  OK(rmdir(past));
  EQUAL(0, system("chattr -i f && lsattr f | grep -q '^....-..A'"));
}
