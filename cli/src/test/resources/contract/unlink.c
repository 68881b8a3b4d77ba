// Removing names, and what stays of what has none left.
#include "contract.h"

CASE(unlink_ofOpenFile_keepsItUntilTheLastClose) {
  make_file("file", "still here");
  int fd = (int)OK(open("file", O_RDWR));
  OK(unlink("file"));
  CHECK(!exists("file"));
  EQUAL(0, count_entries("."));
  struct stat status;
  OK(fstat(fd, &status));
  EQUAL(0, status.st_nlink);
  EQUAL(10, status.st_size);
  expect_descriptor(fd, "still here");
  EQUAL(5, pwrite(fd, "12345", 5, 10));
  expect_descriptor(fd, "still here12345");
  OK(ftruncate(fd, 5));
  OK(fchmod(fd, 0600));
  OK(fsync(fd));
  OK(fstat(fd, &status));
  EQUAL(5, status.st_size);
  EQUAL(S_IFREG | 0600, status.st_mode);
  expect_descriptor(fd, "still");
  EQUAL(0, count_entries("."));
}

CASE(unlink_ofOpenFile_keepsItForOtherProcesses) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  EQUAL(4, write(fd, "data", 4));
  OK(unlink("file"));
  make_file("file", "another");
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    expect_descriptor(fd, "data");
    EQUAL(4, pwrite(fd, "more", 4, 4));
    _exit(0);
  }
  await_child(child);
  expect_descriptor(fd, "datamore");
  expect_content("file", "another");
}

CASE(unlink_ofOneName_leavesTheOthers) {
  make_file("a", "content");
  OK(link("a", "b"));
  struct stat before = status_of("b");
  EQUAL(2, before.st_nlink);
  let_time_pass();
  OK(unlink("a"));
  struct stat after = status_of("b");
  EQUAL(1, after.st_nlink);
  EQUAL(before.st_ino, after.st_ino);
  CHECK(nanos(after.st_ctim) > nanos(before.st_ctim));
  EQUAL(nanos(before.st_mtim), nanos(after.st_mtim));
  expect_content("b", "content");
}

CASE(unlink_andRmdir_refuseTheOtherKind) {
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  make_file("directory/below", "x");
  FAILS(EISDIR, unlink("directory"));
  FAILS(ENOTDIR, rmdir("file"));
  FAILS(ENOTEMPTY, rmdir("directory"));
  FAILS(EINVAL, rmdir("directory/."));
  FAILS(ENOTEMPTY, rmdir("directory/.."));
  FAILS(ENOENT, unlink("missing"));
  FAILS(ENOENT, rmdir("missing"));
  FAILS(ENOTDIR, unlink("file/below"));
  OK(symlink("directory", "link"));
  FAILS(ENOTDIR, rmdir("link"));
  OK(unlink("link"));
  OK(unlink("directory/below"));
  OK(rmdir("directory"));
}

CASE(rmdir_ofTheWorkingDirectory_endsIt) {
  OK(mkdir("gone", 0755));
  int fd = (int)OK(open("gone", O_RDONLY | O_DIRECTORY));
  OK(chdir("gone"));
  OK(rmdir("../gone"));
  FAILS(ENOENT, open("file", O_CREAT | O_WRONLY, 0644));
  FAILS(ENOENT, mkdir("directory", 0755));
  struct stat status;
  OK(fstat(fd, &status));
  EQUAL(0, status.st_nlink);
}

CASE(removing_touchesTheDirectory) {
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  struct stat before = status_of(".");
  EQUAL(3, before.st_nlink);
  let_time_pass();
  OK(unlink("file"));
  struct stat between = status_of(".");
  CHECK(nanos(between.st_mtim) > nanos(before.st_mtim));
  CHECK(nanos(between.st_ctim) > nanos(before.st_ctim));
  let_time_pass();
  OK(rmdir("directory"));
  CHECK(nanos(status_of(".").st_mtim) > nanos(between.st_mtim));
  EQUAL(2, status_of(".").st_nlink);
}

CASE(unlink_ofManyOpenFiles_givesTheirSpaceBack) {
  for (int i = 0; i < 100; i++) {
    char name[32];
    snprintf(name, sizeof name, "f%d", i);
    int fd = (int)OK(open(name, O_CREAT | O_RDWR, 0644));
    char data[8192];
    memset(data, i, sizeof data);
    EQUAL(sizeof data, write(fd, data, sizeof data));
    OK(unlink(name));
    char copy[8192];
    EQUAL(sizeof copy, pread(fd, copy, sizeof copy, 0));
    CHECK(memcmp(data, copy, sizeof data) == 0);
    OK(close(fd));
  }
  EQUAL(0, count_entries("."));
}
