// Hard links, symbolic links, and special files.
#include "contract.h"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

CASE(link_sharesTheFile) {
  make_file("a", "one");
  OK(mkdir("d", 0755));
  OK(link("a", "d/b"));
  EQUAL(status_of("a").st_ino, status_of("d/b").st_ino);
  EQUAL(2, status_of("a").st_nlink);
  make_file("d/b", "two!");
  expect_content("a", "two!");
  OK(chmod("a", 0600));
  EQUAL(S_IFREG | 0600, status_of("d/b").st_mode);
}

CASE(link_refusesDirectoriesAndTakenNames) {
  make_file("a", "x");
  make_file("b", "y");
  OK(mkdir("d", 0755));
  FAILS(EPERM, link("d", "e"));
  FAILS(EEXIST, link("a", "b"));
  FAILS(EEXIST, link("a", "d"));
  FAILS(ENOENT, link("missing", "c"));
  FAILS(ENOENT, link("a", "missing/c"));
  EQUAL(1, status_of("a").st_nlink);
}

CASE(link_ofManyNames_countsThem) {
  make_file("a", "x");
  char name[32];
  for (int i = 0; i < 2000; i++) {
    snprintf(name, sizeof name, "link%d", i);
    OK(link("a", name));
  }
  EQUAL(2001, status_of("a").st_nlink);
  for (int i = 0; i < 2000; i += 2) {
    snprintf(name, sizeof name, "link%d", i);
    OK(unlink(name));
  }
  EQUAL(1001, status_of("link1").st_nlink);
  EQUAL(1001, count_entries("."));
}

CASE(link_toSymbolicLink_linksTheLink) {
  OK(symlink("nowhere", "symbolic"));
  OK(link("symbolic", "hard"));
  EQUAL(2, status_of("symbolic").st_nlink);
  CHECK(S_ISLNK(status_of("hard").st_mode));
}

CASE(symlink_keepsItsTextExactly) {
  const size_t lengths[] = {1, 59, 60, 255, 1000, 4000, 4095};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    char text[5000], copy[5000], name[32];
    for (size_t c = 0; c < lengths[i]; c++) text[c] = (char)(c % 255 + 1);
    text[lengths[i]] = 0;
    snprintf(name, sizeof name, "link%zu", lengths[i]);
    OK(symlink(text, name));
    EQUAL(lengths[i], readlink(name, copy, sizeof copy));
    CHECK(memcmp(text, copy, lengths[i]) == 0);
    EQUAL(lengths[i], status_of(name).st_size);
    EQUAL(S_IFLNK | 0777, status_of(name).st_mode);
  }
  char text[5000];
  memset(text, 'x', 4096);
  text[4096] = 0;
  FAILS(ENAMETOOLONG, symlink(text, "long"));
  FAILS(ENOENT, symlink("", "empty"));
  FAILS(EEXIST, symlink("x", "link1"));
  make_file("file", "x");
  char buffer[10];
  FAILS(EINVAL, readlink("file", buffer, sizeof buffer));
}

CASE(symlink_loops_areELOOP) {
  OK(symlink("b", "a"));
  OK(symlink("a", "b"));
  FAILS(ELOOP, open("a", O_RDONLY));
  struct stat status;
  FAILS(ELOOP, stat("a/below", &status));
  OK(lstat("a", &status));
}

CASE(symlink_chains_areFollowedFortyTimes) {
  make_file("0", "end");
  for (int i = 1; i <= 41; i++) {
    char name[16], target[16];
    snprintf(name, sizeof name, "%d", i);
    snprintf(target, sizeof target, "%d", i - 1);
    OK(symlink(target, name));
  }
  // POSIX promises 8 (SYMLOOP_MAX), Linux follows 40.
  expect_content("40", "end");
  FAILS(ELOOP, open("41", O_RDONLY));
  FAILS(ELOOP, truncate("41", 0));
  FAILS(ELOOP, chmod("41", 0600));
  OK(unlink("41"));
}

CASE(limits_areWhatPathconfSays) {
  EQUAL(255, pathconf(".", _PC_NAME_MAX));
  EQUAL(4096, pathconf(".", _PC_PATH_MAX));
  CHECK(pathconf(".", _PC_NO_TRUNC) != 0);
  // As many names as that are possible; what is refused above is EMLINK and changes nothing.
  long links = pathconf(".", _PC_LINK_MAX);
  CHECK(links >= _POSIX_LINK_MAX);
  make_file("a", "x");
  for (int i = 1; i < links && i < 3000; i++) {
    char name[32];
    snprintf(name, sizeof name, "link%d", i);
    OK(link("a", name));
  }
  EQUAL(links < 3000 ? links : 3000, status_of("a").st_nlink);
}

CASE(symlink_toDirectory_isFollowedInPaths) {
  OK(mkdir("d", 0755));
  make_file("d/f", "x");
  OK(symlink("d", "l"));
  expect_content("l/f", "x");
  make_file("l/g", "y");
  expect_content("d/g", "y");
}

CASE(mkfifo_passesData) {
  OK(mkfifo("fifo", 0640));
  EQUAL(S_IFIFO | 0640, status_of("fifo").st_mode);
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    int fd = (int)OK(open("fifo", O_WRONLY));
    EQUAL(5, write(fd, "hello", 5));
    _exit(0);
  }
  int fd = (int)OK(open("fifo", O_RDONLY));
  char buffer[10];
  EQUAL(5, read(fd, buffer, sizeof buffer));
  CHECK(memcmp(buffer, "hello", 5) == 0);
  await_child(child);
}

CASE(bind_makesSocketsThatConnect) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  int server = (int)OK(socket(AF_UNIX, SOCK_STREAM, 0));
  OK(bind(server, (struct sockaddr *)&address, sizeof address));
  OK(listen(server, 1));
  CHECK(S_ISSOCK(status_of("socket").st_mode));
  FAILS(ENXIO, open("socket", O_RDONLY));
  int client = (int)OK(socket(AF_UNIX, SOCK_STREAM, 0));
  OK(connect(client, (struct sockaddr *)&address, sizeof address));
  int peer = (int)OK(accept(server, NULL, NULL));
  EQUAL(3, write(client, "abc", 3));
  char buffer[4];
  EQUAL(3, read(peer, buffer, 3));
  OK(unlink("socket"));
  FAILS(ENOENT, connect((int)OK(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&address,
                        sizeof address));
}

CASE(mknod_keepsKindsAndNumbers) {
  OK(mknod("file", S_IFREG | 0600, 0));
  EQUAL(S_IFREG | 0600, status_of("file").st_mode);
  OK(mknod("socket", S_IFSOCK | 0600, 0));
  CHECK(S_ISSOCK(status_of("socket").st_mode));
  FAILS(EEXIST, mknod("file", S_IFIFO | 0600, 0));
  if (geteuid() != 0) skip("devices are made by root");
  OK(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
  struct stat status = status_of("null");
  EQUAL(S_IFCHR | 0644, status.st_mode);
  EQUAL(1, major(status.st_rdev));
  EQUAL(3, minor(status.st_rdev));
  OK(mknod("disk", S_IFBLK | 0600, makedev(259, 70000)));
  status = status_of("disk");
  CHECK(S_ISBLK(status.st_mode));
  EQUAL(259, major(status.st_rdev));
  EQUAL(70000, minor(status.st_rdev));
}
