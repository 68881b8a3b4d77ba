// Mapped files, and how they agree with read and write.
#include "contract.h"

#include <setjmp.h>
#include <sys/prctl.h>

enum { PAGE = 4096 };

static char *map(int fd, size_t length, int flags) {
  char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (memory == MAP_FAILED) fail(__FILE__, __LINE__, "mmap: %s", strerrorname_np(errno));
  return memory;
}

CASE(mmap_shared_agreesWithReadAndWrite) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, 10 * PAGE));
  char *memory = map(fd, 10 * PAGE, MAP_SHARED);
  memcpy(memory + 5000, "through memory", 14);
  char buffer[32];
  EQUAL(14, pread(fd, buffer, 14, 5000));
  CHECK(memcmp(buffer, "through memory", 14) == 0);
  EQUAL(9, pwrite(fd, "by write!", 9, 20000));
  CHECK(memcmp(memory + 20000, "by write!", 9) == 0);
  EQUAL(5, pwrite(fd, "mixed", 5, 5003));
  CHECK(memcmp(memory + 5000, "thrmixed", 8) == 0);
  OK(msync(memory, 10 * PAGE, MS_SYNC));
  OK(munmap(memory, 10 * PAGE));
  int other = (int)OK(open("file", O_RDONLY));
  EQUAL(8, pread(other, buffer, 8, 5000));
  CHECK(memcmp(buffer, "thrmixed", 8) == 0);
}

CASE(mmap_private_staysPrivate) {
  make_file("file", "original");
  int fd = (int)OK(open("file", O_RDWR));
  char *memory = map(fd, 8, MAP_PRIVATE);
  memcpy(memory, "changed!", 8);
  expect_content("file", "original");
  OK(munmap(memory, 8));
  expect_content("file", "original");
}

CASE(mmap_shared_betweenProcesses) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, PAGE));
  volatile char *memory = map(fd, PAGE, MAP_SHARED);
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    volatile char *mine = map((int)OK(open("file", O_RDWR)), PAGE, MAP_SHARED);
    mine[0] = 1;
    for (int i = 0; i < 10000 && mine[1] != 2; i++) usleep(1000);
    _exit(mine[1] == 2 ? 0 : 1);
  }
  for (int i = 0; i < 10000 && memory[0] != 1; i++) usleep(1000);
  CHECK(memory[0] == 1);
  memory[1] = 2;
  await_child(child);
}

CASE(mmap_outlivesCloseAndUnlink) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, 300 * PAGE));
  char *memory = map(fd, 300 * PAGE, MAP_SHARED);
  OK(close(fd));
  OK(unlink("file"));
  for (int i = 0; i < 300; i++) memory[i * PAGE] = (char)i;
  OK(msync(memory, 300 * PAGE, MS_SYNC));
  OK(madvise(memory, 300 * PAGE, MADV_DONTNEED));
  for (int i = 0; i < 300; i++) EQUAL((char)i, memory[i * PAGE]);
}

CASE(mmap_dirtyPages_reachTheFileAfterUnmapping) {
  enum { PAGES = 3000 };
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, PAGES * PAGE));
  char *memory = map(fd, PAGES * PAGE, MAP_SHARED);
  OK(close(fd));
  for (int i = 0; i < PAGES; i++) snprintf(memory + i * PAGE, 32, "page %d", i);
  OK(munmap(memory, PAGES * PAGE));
  fd = (int)OK(open("file", O_RDONLY));
  OK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
  for (int i = 0; i < PAGES; i++) {
    char buffer[32], expected[32];
    snprintf(expected, sizeof expected, "page %d", i);
    EQUAL(32, pread(fd, buffer, 32, (off_t)i * PAGE));
    EQUAL(0, strcmp(expected, buffer));
  }
}

CASE(mmap_pastTheEnd_isZeroAndNotWritten) {
  make_file("file", "abc");
  int fd = (int)OK(open("file", O_RDWR));
  char *memory = map(fd, PAGE, MAP_SHARED);
  for (int i = 3; i < PAGE; i++) CHECK(memory[i] == 0);
  memcpy(memory, "abcdef", 6);
  OK(munmap(memory, PAGE));
  expect_content("file", "abc");
  OK(ftruncate(fd, 6));
  char buffer[8];
  EQUAL(6, pread(fd, buffer, 8, 0));
  CHECK(memcmp(buffer, "abc\0\0\0", 6) == 0);
  EQUAL(6, status_of("file").st_size);
}

enum { RACE_PAGES = 64, RACE_ROUNDS = 400 };

static char race_byte(int page) { return (char)(page % 100 + 1); }

// Where the first byte stands that is neither as it is written, nor zero from where it was cut.
static ssize_t first_wrong(const char *page, ssize_t count, int number) {
  bool cut = false;
  for (ssize_t at = 0; at < count; at++) {
    if (page[at] == 0) {
      cut = true;
    } else if (cut || page[at] != race_byte(number)) {
      return at;
    }
  }
  return -1;
}

// Each page is as it is written, or zero, or zero from where it was cut. A read and a write of a
// page at a time may each have a part of it (on ext4 one of a thousand runs shows it): beside
// writes, what is there is what a read that follows at once finds, too.
static void check_race(int fd, int times) {
  static char page[PAGE];
  for (int i = 0; i < RACE_PAGES; i++) {
    ssize_t wrong = 0;
    for (int time = 0; time < times && wrong >= 0; time++) {
      wrong = first_wrong(page, (ssize_t)OK(pread(fd, page, PAGE, (off_t)i * PAGE)), i);
    }
    if (wrong >= 0) fail(__FILE__, __LINE__, "byte %zd of page %d is %d", wrong, i, page[wrong]);
  }
}

// A process that ends with this one, also when this one fails.
static pid_t child_of_race(void) {
  pid_t child = (pid_t)OK(fork());
  if (child == 0) OK(prctl(PR_SET_PDEATHSIG, SIGKILL));
  return child;
}

static void leave(int signal) {
  (void)signal;
  _exit(0);
}

// A process that writes until it is told to end; it has begun when this returns.
static pid_t begin_writing(int fd, void (*write_page)(int fd, int page)) {
  pid_t writer = child_of_race();
  if (writer == 0) {
    signal(SIGTERM, leave);
    for (int i = 0;; i++) write_page(fd, i * 7 % RACE_PAGES);
  }
  char byte = 0;
  while (byte == 0) {
    OK(pread(fd, &byte, 1, 0));
    usleep(1000);
  }
  return writer;
}

// Runs what writes and what cuts in processes of their own, and reads meanwhile.
static void race(void (*write_page)(int fd, int page)) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  pid_t writer = begin_writing(fd, write_page);
  pid_t cutter = child_of_race();
  if (cutter == 0) {
    unsigned seed = 11;
    for (int round = 0; round < RACE_ROUNDS; round++)
      OK(ftruncate(fd, rand_r(&seed) % (RACE_PAGES * PAGE)));
    _exit(0);
  }
  int reader = (int)OK(open("file", O_RDONLY));
  for (int round = 0; round < 20; round++) check_race(reader, 5);
  await_child(cutter);
  OK(kill(writer, SIGTERM));
  await_child(writer);
  OK(fsync(fd));
  check_race(reader, 1);
  OK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
  check_race(reader, 1);
  OK(ftruncate(fd, 5 * PAGE + 7));
  OK(ftruncate(fd, RACE_PAGES * PAGE));
  check_race(reader, 1);
  EQUAL(RACE_PAGES * PAGE, status_of("file").st_size);
}

static void write_by_call(int fd, int page) {
  char data[PAGE];
  memset(data, race_byte(page), PAGE);
  EQUAL(PAGE, pwrite(fd, data, PAGE, (off_t)page * PAGE));
}

CASE(truncate_whileAnotherWrites_leavesWholePagesOrCutOnes) { race(write_by_call); }

static sigjmp_buf behind_the_end;

static void jump(int signal) {
  (void)signal;
  siglongjmp(behind_the_end, 1);
}

// Of a mapping, each byte is written for itself: what is there is from its beginning on.
static void write_by_mapping(int fd, int page) {
  static char *memory;
  if (memory == NULL) {
    memory = map(fd, RACE_PAGES * PAGE, MAP_SHARED);
    signal(SIGBUS, jump);
  }
  if (sigsetjmp(behind_the_end, 1)) return;
  for (int i = 0; i < PAGE; i++) ((volatile char *)memory)[page * PAGE + i] = race_byte(page);
}

CASE(truncate_whileAnotherWritesByMapping_leavesNoForeignByte) {
  // A page cut and grown while it is written has a gap; so pages are looked at for foreign bytes.
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, RACE_PAGES * PAGE));
  pid_t writer = begin_writing(fd, write_by_mapping);
  unsigned seed = 12;
  static char page[PAGE];
  for (int round = 0; round < RACE_ROUNDS; round++) {
    off_t size = rand_r(&seed) % (RACE_PAGES * PAGE);
    OK(ftruncate(fd, size));
    EQUAL(size, status_of("file").st_size);
    OK(ftruncate(fd, RACE_PAGES * PAGE));
    int i = rand_r(&seed) % RACE_PAGES;
    EQUAL(PAGE, pread(fd, page, PAGE, (off_t)i * PAGE));
    for (int at = 0; at < PAGE; at++) CHECK(page[at] == 0 || page[at] == race_byte(i));
  }
  OK(kill(writer, SIGTERM));
  await_child(writer);
  OK(fsync(fd));
  OK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
  for (int i = 0; i < RACE_PAGES; i++) {
    EQUAL(PAGE, pread(fd, page, PAGE, (off_t)i * PAGE));
    for (int at = 0; at < PAGE; at++) CHECK(page[at] == 0 || page[at] == race_byte(i));
  }
}

CASE(exec_ofProgramOnTheMount) {
  int from = (int)OK(open("/proc/self/exe", O_RDONLY));
  int to = (int)OK(open("program", O_CREAT | O_WRONLY, 0755));
  char buffer[65536];
  for (ssize_t count; (count = (ssize_t)OK(read(from, buffer, sizeof buffer))) > 0;)
    EQUAL(count, write(to, buffer, (size_t)count));
  OK(close(to));
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), 1);
    execl("./program", "program", "--list", (char *)NULL);
    _exit(1);
  }
  await_child(child);
}
