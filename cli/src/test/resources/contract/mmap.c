// Mapped files, and how they agree with read and write.
#include "contract.h"

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
