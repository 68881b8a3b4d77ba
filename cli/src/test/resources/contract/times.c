// Time stamps.
#include "contract.h"

#include <linux/falloc.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

static void set(const char *path, struct timespec access, struct timespec modification) {
  struct timespec times[2] = {access, modification};
  OK(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
}

static struct timespec at(time_t seconds, long nanoseconds) {
  return (struct timespec){.tv_sec = seconds, .tv_nsec = nanoseconds};
}

static struct timespec now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time;
}

CASE(utimens_keepsNanoseconds) {
  make_file("file", "x");
  set("file", at(1000000000, 123456789), at(1234567890, 987654321));
  struct stat status = status_of("file");
  EQUAL(1000000000123456789LL, nanos(status.st_atim));
  EQUAL(1234567890987654321LL, nanos(status.st_mtim));
}

CASE(utimens_ofDirectoriesAndLinks) {
  OK(mkdir("directory", 0755));
  OK(symlink("directory", "link"));
  set("link", at(1, 1), at(2, 2));
  set("directory", at(3, 3), at(4, 4));
  EQUAL(1000000001, nanos(status_of("link").st_atim));
  EQUAL(2000000002, nanos(status_of("link").st_mtim));
  EQUAL(3000000003, nanos(status_of("directory").st_atim));
  EQUAL(4000000004, nanos(status_of("directory").st_mtim));
}

CASE(utimens_beforeAndLongAfterTheEpoch) {
  make_file("file", "x");
  set("file", at(-1, 999999999), at(-86400LL * 365 * 50, 5));
  struct stat status = status_of("file");
  EQUAL(-1, status.st_atim.tv_sec);
  EQUAL(999999999, status.st_atim.tv_nsec);
  EQUAL(-86400LL * 365 * 50, status.st_mtim.tv_sec);
  EQUAL(5, status.st_mtim.tv_nsec);
  set("file", at(1LL << 33, 0), at((1LL << 33) + 1, 1));
  EQUAL(1LL << 33, status_of("file").st_atim.tv_sec);
  EQUAL((1LL << 33) + 1, status_of("file").st_mtim.tv_sec);
}

CASE(utimens_omit_leavesAlone) {
  make_file("file", "x");
  set("file", at(100, 1), at(200, 2));
  set("file", at(0, UTIME_OMIT), at(300, 3));
  EQUAL(100000000001, nanos(status_of("file").st_atim));
  EQUAL(300000000003, nanos(status_of("file").st_mtim));
  set("file", at(400, 4), at(0, UTIME_OMIT));
  EQUAL(400000000004, nanos(status_of("file").st_atim));
  EQUAL(300000000003, nanos(status_of("file").st_mtim));
  struct stat before = status_of("file");
  set("file", at(0, UTIME_OMIT), at(0, UTIME_OMIT));
  EQUAL(nanos(before.st_ctim), nanos(status_of("file").st_ctim));
}

CASE(utimens_now_takesTheClock) {
  make_file("file", "x");
  set("file", at(100, 1), at(200, 2));
  long long before = nanos(now()) - 10000000;
  set("file", at(0, UTIME_OMIT), at(0, UTIME_NOW));
  struct stat status = status_of("file");
  EQUAL(100000000001, nanos(status.st_atim));
  CHECK(nanos(status.st_mtim) >= before);
  set("file", at(0, UTIME_NOW), at(7, 7));
  status = status_of("file");
  CHECK(nanos(status.st_atim) >= before);
  EQUAL(7000000007, nanos(status.st_mtim));
  OK(utimensat(AT_FDCWD, "file", NULL, 0));
  CHECK(nanos(status_of("file").st_mtim) >= before);
  CHECK(nanos(status_of("file").st_mtim) <= nanos(now()) + 10000000);
}

CASE(utimens_changesChangeTime) {
  make_file("file", "x");
  struct stat before = status_of("file");
  let_time_pass();
  set("file", at(100, 1), at(200, 2));
  CHECK(nanos(status_of("file").st_ctim) > nanos(before.st_ctim));
}

CASE(write_touchesContentAndChangeTime) {
  make_file("file", "x");
  set("file", at(100, 0), at(100, 0));
  struct stat before = status_of("file");
  let_time_pass();
  int fd = (int)OK(open("file", O_WRONLY));
  EQUAL(nanos(before.st_mtim), nanos(status_of("file").st_mtim));
  EQUAL(1, write(fd, "y", 1));
  struct stat after;
  OK(fstat(fd, &after));
  CHECK(nanos(after.st_mtim) > nanos(before.st_mtim));
  CHECK(nanos(after.st_ctim) > nanos(before.st_ctim));
  OK(close(fd));
  EQUAL(nanos(after.st_mtim), nanos(status_of("file").st_mtim));
}

CASE(utimens_throughOpenFileAfterWrite_stays) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  EQUAL(1, write(fd, "y", 1));
  struct timespec times[2] = {at(100, 1), at(200, 2)};
  OK(futimens(fd, times));
  OK(close(fd));
  EQUAL(200000000002, nanos(status_of("file").st_mtim));
}

CASE(chmodChownAndLink_touchChangeTimeOnly) {
  make_file("file", "x");
  set("file", at(100, 0), at(100, 0));
  struct stat before = status_of("file");
  let_time_pass();
  OK(chmod("file", 0600));
  struct stat after = status_of("file");
  CHECK(nanos(after.st_ctim) > nanos(before.st_ctim));
  EQUAL(nanos(before.st_mtim), nanos(after.st_mtim));
  let_time_pass();
  OK(link("file", "link"));
  CHECK(nanos(status_of("file").st_ctim) > nanos(after.st_ctim));
}

CASE(truncate_touchesTimes) {
  make_file("file", "content");
  set("file", at(100, 0), at(100, 0));
  OK(truncate("file", 3));
  CHECK(nanos(status_of("file").st_mtim) > 100000000000LL);
}

CASE(creating_touchesTheDirectory) {
  set(".", at(100, 0), at(100, 0));
  OK(close((int)OK(open("file", O_CREAT | O_WRONLY, 0644))));
  CHECK(nanos(status_of(".").st_mtim) > 100000000000LL);
  set(".", at(100, 0), at(100, 0));
  OK(mkdir("directory", 0755));
  CHECK(nanos(status_of(".").st_mtim) > 100000000000LL);
  set(".", at(100, 0), at(100, 0));
  OK(chmod("file", 0600));
  EQUAL(100000000000LL, nanos(status_of(".").st_mtim));
}

static void read_byte(const char *path) {
  int fd = (int)OK(open(path, O_RDONLY));
  char byte;
  EQUAL(1, read(fd, &byte, 1));
  OK(close(fd));
}

CASE(relatime_followsReadsOnceAfterAChangeAndOnceADay) {
  make_file("file", "x");
  time_t today = time(NULL);
  // Not newer than the content: a read shows.
  set("file", at(today - 3000, 0), at(today - 2000, 0));
  read_byte("file");
  CHECK(status_of("file").st_atim.tv_sec >= today);
  // Older than a day: a read shows.
  set("file", at(today - 90000, 0), at(today - 100000, 0));
  read_byte("file");
  CHECK(status_of("file").st_atim.tv_sec >= today);
}

CASE(relatime_leavesRecentTimesAlone) {
  make_file("file", "x");
  // Newer than content and change, and of this day: a read does not show.
  time_t soon = time(NULL) + 1000;
  set("file", at(soon, 0), at(soon - 2000, 0));
  read_byte("file");
  EQUAL(soon, status_of("file").st_atim.tv_sec);
}

// Which times a call marks, as POSIX and the Linux manual pages say of each: a(ccess),
// m(odification), c(hange); in capitals where the call may do either.
#define MARKS(path, marks, call)                                                    \
  do {                                                                              \
    struct stat before_ = status_of(path);                                          \
    let_time_pass();                                                                \
    OK(call);                                                                       \
    expect_marks(__LINE__, #call, path, marks, before_, status_of(path));           \
  } while (0)

static void expect_mark(int line, const char *call, const char *path, const char *marks, char mark,
                        struct timespec before, struct timespec after) {
  if (strchr(marks, mark - 'a' + 'A')) return;
  bool expected = strchr(marks, mark) != NULL, marked = nanos(before) != nanos(after);
  if (expected != marked)
    fail(__FILE__, line, "%s %s %ctime of %s", call, marked ? "marked" : "left", mark, path);
  if (marked && nanos(after) < nanos(before))
    fail(__FILE__, line, "%s moved %ctime of %s back", call, mark, path);
}

static void expect_marks(int line, const char *call, const char *path, const char *marks,
                         struct stat before, struct stat after) {
  expect_mark(line, call, path, marks, 'a', before.st_atim, after.st_atim);
  expect_mark(line, call, path, marks, 'm', before.st_mtim, after.st_mtim);
  expect_mark(line, call, path, marks, 'c', before.st_ctim, after.st_ctim);
}

// An access time so old that relatime lets the next access mark it.
static void age(const char *path) {
  struct timespec old = at(1000000000, 0);
  set(path, old, at(1000000001, 0));
}

CASE(times_ofCallsOnAFile) {
  make_file("f", "some text");
  int fd = (int)OK(open("f", O_RDWR));
  char buffer[16];
  age("f");
  MARKS("f", "a", read(fd, buffer, 4));
  MARKS("f", "", read(fd, buffer, 0));
  MARKS("f", "mc", pwrite(fd, "x", 1, 2));
  MARKS("f", "", pwrite(fd, "", 0, 2));
  MARKS("f", "mc", ftruncate(fd, 4));
  MARKS("f", "mc", ftruncate(fd, 4));
  MARKS("f", "mc", ftruncate(fd, 400));
  MARKS("f", "mc", truncate("f", 5));
  MARKS("f", "MC", truncate("f", 5));
  MARKS("f", "mc", fallocate(fd, 0, 0, 8192));
  MARKS("f", "MC", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 65536));
  MARKS("f", "mc", fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 4096));
  MARKS("f", "", lseek(fd, 0, SEEK_HOLE));
  MARKS("f", "", fsync(fd));
  MARKS("f", "c", fchmod(fd, 0600));
  MARKS("f", "C", fchmod(fd, 0600));
  MARKS("f", "c", fchown(fd, geteuid(), getegid()));
  MARKS("f", "c", setxattr("f", "user.a", "b", 1, 0));
  MARKS("f", "", getxattr("f", "user.a", buffer, sizeof buffer));
  MARKS("f", "", listxattr("f", buffer, sizeof buffer));
  MARKS("f", "c", removexattr("f", "user.a"));
  MARKS("f", "c", link("f", "g"));
  MARKS("f", "C", rename("g", "h"));
  MARKS("f", "c", unlink("h"));
  MARKS("f", "ac", utimensat(AT_FDCWD, "f", (struct timespec[2]){now(), at(0, UTIME_OMIT)}, 0));
  MARKS("f", "mc", utimensat(AT_FDCWD, "f", (struct timespec[2]){at(0, UTIME_OMIT), now()}, 0));
  MARKS("f", "mc", open("f", O_WRONLY | O_TRUNC));
  MARKS("f", "MC", open("f", O_WRONLY | O_TRUNC));
  MARKS("f", "", open("f", O_RDWR));
  MARKS("f", "", close(fd));
}

CASE(times_ofCallsInADirectory) {
  OK(mkdir("d", 0755));
  OK(mkdir("e", 0755));
  MARKS("d", "mc", close((int)OK(open("d/f", O_CREAT | O_WRONLY, 0644))));
  MARKS("d", "", close((int)OK(open("d/f", O_CREAT | O_WRONLY, 0644))));
  MARKS("d", "mc", mkdir("d/d", 0755));
  MARKS("d", "mc", mkfifo("d/p", 0644));
  MARKS("d", "mc", mknod("d/r", S_IFREG | 0644, 0));
  MARKS("d", "mc", symlink("f", "d/s"));
  MARKS("d", "mc", link("d/f", "d/l"));
  MARKS("d", "mc", unlink("d/l"));
  MARKS("d", "mc", rmdir("d/d"));
  MARKS("d", "mc", rename("d/f", "d/g"));
  MARKS("d", "mc", rename("d/p", "d/g"));
  MARKS("d", "mc", rename("d/g", "e/g"));
  MARKS("d", "mc", rename("e/g", "d/g"));
  MARKS("e", "mc", rename("d/g", "e/g"));
  MARKS("e", "mc", rename("e/g", "d/g"));
  MARKS("d", "", chmod("d/g", 0600));
  struct stat before = status_of("d");
  OK(rename("d", "c"));
  expect_marks(__LINE__, "rename", "c", "C", before, status_of("c"));
  age("c");
  MARKS("c", "a", count_entries("c"));
  MARKS("c", "", status_of("c/g").st_size);
  MARKS("c", "c", chmod("c", 0700));
  make_file("c/w", "x");
  MARKS("c", "", truncate("c/w", 0));
}

CASE(times_ofNewInodes_areOfTheirMaking) {
  struct timespec begun = now();
  OK(mkdir("d", 0755));
  make_file("f", "");
  OK(symlink("f", "s"));
  OK(mkfifo("p", 0644));
  struct timespec done = now();
  const char *const names[] = {"d", "f", "s", "p"};
  for (int i = 0; i < 4; i++) {
    struct stat status = status_of(names[i]);
    const struct timespec times[] = {status.st_atim, status.st_mtim, status.st_ctim};
    for (int t = 0; t < 3; t++) {
      // the kernel's coarse clock is behind by a tick at the most
      CHECK(nanos(times[t]) >= nanos(begun) - 20000000);
      CHECK(nanos(times[t]) <= nanos(done) + 20000000);
    }
  }
}

CASE(times_ofASymbolicLink_followItsReading) {
  OK(symlink("nowhere", "s"));
  char buffer[16];
  age("s");
  MARKS("s", "A", readlink("s", buffer, sizeof buffer));
  MARKS("s", "", status_of("s").st_size);
}

CASE(times_ofARefusedCall_stay) {
  OK(mkdir("d", 0755));
  make_file("d/f", "x");
  OK(mkdir("d/full", 0755));
  make_file("d/full/f", "x");
  struct stat directory = status_of("d"), file = status_of("d/f");
  let_time_pass();
  FAILS(EEXIST, mkdir("d/f", 0755));
  FAILS(EEXIST, link("d/f", "d/full"));
  FAILS(ENOENT, unlink("d/none"));
  FAILS(ENOTEMPTY, rmdir("d/full"));
  FAILS(EISDIR, rename("d/f", "d/full"));
  FAILS(EEXIST, symlink("x", "d/f"));
  FAILS(EEXIST, open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0644));
  FAILS(EINVAL, truncate("d/f", -1));
  expect_marks(__LINE__, "refused", "d", "", directory, status_of("d"));
  expect_marks(__LINE__, "refused", "d/f", "", file, status_of("d/f"));
}

CASE(times_ofAMapping_followWhatItWrote) {
  make_file("f", "some text");
  int fd = (int)OK(open("f", O_RDWR));
  char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(map != MAP_FAILED);
  age("f");
  struct stat before = status_of("f");
  let_time_pass();
  map[0] = 'S';
  OK(msync(map, 4096, MS_SYNC));
  expect_marks(__LINE__, "msync", "f", "Amc", before, status_of("f"));
  OK(munmap(map, 4096));
}

CASE(times_ofACopy_areThoseOfAReadAndAWrite) {
  make_file("from", "some text");
  make_file("to", "other");
  int from = (int)OK(open("from", O_RDONLY)), to = (int)OK(open("to", O_WRONLY));
  age("from");
  loff_t in = 0, out = 0;
  MARKS("from", "A", copy_file_range(from, &in, to, &out, 4, 0));
  in = out = 0;
  MARKS("to", "mc", copy_file_range(from, &in, to, &out, 4, 0));
}

CASE(times_ofReadingWithO_NOATIME_stay) {
  make_file("f", "some text");
  OK(mkdir("d", 0755));
  make_file("d/x", "");
  age("f");
  age("d");
  int file = (int)OK(open("f", O_RDONLY | O_NOATIME)), list = (int)OK(open("d", O_RDONLY | O_NOATIME));
  char buffer[4096];
  MARKS("f", "", pread(file, buffer, 4, 0));
  MARKS("d", "", syscall(SYS_getdents64, list, buffer, sizeof buffer));
  // Others' reading is noted, though the pages are in memory.
  MARKS("f", "a", pread((int)OK(open("f", O_RDONLY)), buffer, 4, 0));
  MARKS("d", "a", count_entries("d"));
  // Who may not change the times may not hide that he reads.
  if (geteuid() != 0) return;
  AS_STRANGER FAILS(EPERM, open("f", O_RDONLY | O_NOATIME));
}
