// Files that are made without a name (O_TMPFILE).
#include "contract.h"

static int unnamed(int flags) {
  int fd = open(".", O_TMPFILE | O_RDWR | flags, 0640);
  if (fd == -1 && errno == EOPNOTSUPP) skip("no O_TMPFILE here");
  return (int)OK(fd);
}

static int give_name(int fd, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

CASE(extension_tmpfile_isReadAndWritten_andListedNowhere) {
  int fd = unnamed(0);
  EQUAL(4, OK(write(fd, "text", 4)));
  expect_descriptor(fd, "text");
  struct stat status;
  OK(fstat(fd, &status));
  EQUAL(0, status.st_nlink);
  EQUAL(S_IFREG | 0640, status.st_mode);
  EQUAL(4, status.st_size);
  EQUAL(0, count_entries("."));
  OK(ftruncate(fd, 2));
  OK(fchmod(fd, 0600));
  OK(fsync(fd));
  OK(fstat(fd, &status));
  EQUAL(S_IFREG | 0600, status.st_mode);
  expect_descriptor(fd, "te");
}

CASE(extension_tmpfile_linkedByProc_hasItsContentAndIsOrdinary) {
  int fd = unnamed(0);
  EQUAL(4, OK(write(fd, "text", 4)));
  OK(give_name(fd, "f"));
  EQUAL(1, status_of("f").st_nlink);
  expect_content("f", "text");
  EQUAL(5, OK(pwrite(fd, " more", 5, 4)));
  OK(close(fd));
  expect_content("f", "text more");
  OK(link("f", "g"));
  OK(unlink("f"));
  expect_content("g", "text more");
}

CASE(extension_tmpfile_linkedByEmptyPath_hasItsContent) {
  if (geteuid() != 0) skip("needs CAP_DAC_READ_SEARCH");
  int fd = unnamed(0);
  EQUAL(4, OK(write(fd, "text", 4)));
  OK(linkat(fd, "", AT_FDCWD, "f", AT_EMPTY_PATH));
  OK(close(fd));
  expect_content("f", "text");
}

CASE(extension_tmpfile_ontoAName_isRefusedAndTriedAgain) {
  make_file("taken", "old");
  int fd = unnamed(0);
  FAILS(EEXIST, give_name(fd, "taken"));
  FAILS(ENOENT, give_name(fd, "nowhere/f"));
  OK(give_name(fd, "f"));
  expect_content("taken", "old");
}

CASE(extension_tmpfile_exclusive_takesNoName) {
  int fd = unnamed(O_EXCL);
  FAILS(ENOENT, give_name(fd, "f"));
}

CASE(extension_tmpfile_thatLostItsName_takesNoOther) {
  int fd = unnamed(0);
  OK(give_name(fd, "f"));
  OK(unlink("f"));
  FAILS(ENOENT, give_name(fd, "g"));
  EQUAL(0, count_entries("."));
}

CASE(extension_tmpfile_readOnlyOrInASnapshot_isRefused) {
  close(unnamed(0));
  FAILS(EINVAL, open(".", O_TMPFILE | O_RDONLY, 0600));
  char past[PATH_MAX];
  snprintf(past, sizeof past, "%s/.snapshots/tmpfile", mount_root);
  OK(mkdir(past, 0755));
  FAILS(EROFS, open(past, O_TMPFILE | O_RDWR, 0600));
  OK(rmdir(past));
}

CASE(extension_tmpfile_mappedAndForked_isShared) {
  int fd = unnamed(0);
  OK(ftruncate(fd, 4096));
  char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(map != MAP_FAILED);
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    memcpy(map, "child", 5);
    _exit(0);
  }
  await_child(child);
  CHECK(memcmp(map, "child", 5) == 0);
  char buffer[5];
  EQUAL(5, OK(pread(fd, buffer, 5, 0)));
  CHECK(memcmp(buffer, "child", 5) == 0);
}
