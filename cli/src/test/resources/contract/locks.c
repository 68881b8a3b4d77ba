// Advisory locks between processes.
#include "contract.h"

#include <sys/file.h>

static int in_child(int (*body)(void)) {
  fflush(NULL);
  pid_t child = (pid_t)OK(fork());
  if (child == 0) _exit(body());
  int status;
  OK(waitpid(child, &status, 0));
  CHECK(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static int try_flock_exclusive(void) {
  return flock(open("file", O_RDWR), LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

static int try_flock_shared(void) {
  return flock(open("file", O_RDWR), LOCK_SH | LOCK_NB) == 0 ? 0 : errno;
}

CASE(flock_excludesOtherProcesses) {
  make_file("file", "x");
  int fd = (int)OK(open("file", O_RDWR));
  OK(flock(fd, LOCK_EX));
  EQUAL(EWOULDBLOCK, in_child(try_flock_exclusive));
  EQUAL(EWOULDBLOCK, in_child(try_flock_shared));
  OK(flock(fd, LOCK_SH));
  EQUAL(0, in_child(try_flock_shared));
  EQUAL(EWOULDBLOCK, in_child(try_flock_exclusive));
  OK(close(fd));
  EQUAL(0, in_child(try_flock_exclusive));
}

static int try_range(off_t start, off_t length, short type) {
  int fd = open("file", O_RDWR);
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(fd, F_SETLK, &lock) == 0 ? 0 : errno;
}

static int try_inside(void) { return try_range(150, 10, F_WRLCK); }
static int try_before(void) { return try_range(0, 100, F_WRLCK); }
static int try_after(void) { return try_range(200, 0, F_WRLCK); }
static int try_reading(void) { return try_range(150, 10, F_RDLCK); }

CASE(fcntl_locksRanges) {
  make_file("file", "x");
  int fd = (int)OK(open("file", O_RDWR));
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 100};
  OK(fcntl(fd, F_SETLK, &lock));
  EQUAL(EAGAIN, in_child(try_inside));
  EQUAL(EAGAIN, in_child(try_reading));
  EQUAL(0, in_child(try_before));
  EQUAL(0, in_child(try_after));
  pid_t owner = getpid(), child = (pid_t)OK(fork());
  if (child == 0) {
    struct flock query = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
    OK(fcntl((int)OK(open("file", O_RDWR)), F_GETLK, &query));
    EQUAL(F_WRLCK, query.l_type);
    EQUAL(100, query.l_start);
    EQUAL(100, query.l_len);
    EQUAL(owner, query.l_pid);
    _exit(0);
  }
  await_child(child);
  lock.l_type = F_RDLCK;
  OK(fcntl(fd, F_SETLK, &lock));
  EQUAL(0, in_child(try_reading));
  EQUAL(EAGAIN, in_child(try_inside));
  lock.l_type = F_UNLCK;
  OK(fcntl(fd, F_SETLK, &lock));
  EQUAL(0, in_child(try_inside));
}

CASE(fcntl_locksWaitForEachOther) {
  make_file("file", "0");
  enum { PROCESSES = 4, ROUNDS = 100 };
  pid_t children[PROCESSES];
  for (int p = 0; p < PROCESSES; p++) {
    if ((children[p] = (pid_t)OK(fork())) != 0) continue;
    int fd = (int)OK(open("file", O_RDWR));
    for (int i = 0; i < ROUNDS; i++) {
      struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
      OK(fcntl(fd, F_SETLKW, &lock));
      char text[16] = "";
      OK(pread(fd, text, sizeof text - 1, 0));
      int length = snprintf(text, sizeof text, "%d", atoi(text) + 1);
      EQUAL(length, pwrite(fd, text, (size_t)length, 0));
      lock.l_type = F_UNLCK;
      OK(fcntl(fd, F_SETLK, &lock));
    }
    _exit(0);
  }
  for (int p = 0; p < PROCESSES; p++) await_child(children[p]);
  expect_content("file", "400");
}

CASE(fcntl_openFileDescriptionLocks) {
  make_file("file", "x");
  int first = (int)OK(open("file", O_RDWR)), second = (int)OK(open("file", O_RDWR));
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  OK(fcntl(first, F_OFD_SETLK, &lock));
  FAILS(EAGAIN, fcntl(second, F_OFD_SETLK, &lock));
  OK(close(first));
  lock.l_pid = 0;
  OK(fcntl(second, F_OFD_SETLK, &lock));
}
