// Time stamps.
#include "contract.h"

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
