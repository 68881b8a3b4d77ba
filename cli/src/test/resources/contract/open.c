// Opening, and what the flags of an open file mean.
#include "contract.h"

CASE(open_exclusive_ofAnythingThatExists_isEEXIST) {
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  OK(symlink("nowhere", "dangling"));
  FAILS(EEXIST, open("file", O_CREAT | O_EXCL | O_RDWR, 0644));
  FAILS(EEXIST, open("directory", O_CREAT | O_EXCL | O_RDONLY, 0644));
  FAILS(EEXIST, open("dangling", O_CREAT | O_EXCL | O_RDWR, 0644));
  CHECK(!exists("nowhere"));
}

CASE(open_create_throughDanglingLink_makesItsTarget) {
  OK(symlink("target", "link"));
  OK(close((int)OK(open("link", O_CREAT | O_WRONLY, 0600))));
  EQUAL(S_IFREG | 0600, status_of("target").st_mode);
}

CASE(open_exclusive_ofManyProcesses_letsOneWin) {
  for (int round = 0; round < 20; round++) {
    char name[32];
    snprintf(name, sizeof name, "lock%d", round);
    int winners = 0;
    pid_t children[8];
    for (int i = 0; i < 8; i++) {
      if ((children[i] = (pid_t)OK(fork())) == 0)
        _exit(open(name, O_CREAT | O_EXCL | O_WRONLY, 0644) >= 0 ? 100 : errno == EEXIST ? 0 : 1);
    }
    for (int i = 0; i < 8; i++) {
      int status;
      OK(waitpid(children[i], &status, 0));
      CHECK(WIFEXITED(status) && WEXITSTATUS(status) != 1);
      winners += WEXITSTATUS(status) == 100;
    }
    EQUAL(1, winners);
  }
}

CASE(open_truncate_emptiesAndTouches) {
  make_file("file", "some content");
  struct stat before = status_of("file");
  let_time_pass();
  OK(close((int)OK(open("file", O_WRONLY | O_TRUNC))));
  struct stat after = status_of("file");
  EQUAL(0, after.st_size);
  EQUAL(0, after.st_blocks);
  CHECK(nanos(after.st_mtim) > nanos(before.st_mtim));
  CHECK(nanos(after.st_ctim) > nanos(before.st_ctim));
}

CASE(open_directoryAndNofollow_sayWhatIsThere) {
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  OK(symlink("file", "link"));
  OK(symlink("directory", "dirlink"));
  FAILS(ENOTDIR, open("file", O_RDONLY | O_DIRECTORY));
  FAILS(ENOTDIR, open("link", O_RDONLY | O_DIRECTORY));
  OK(open("directory", O_RDONLY | O_DIRECTORY));
  OK(open("dirlink", O_RDONLY | O_DIRECTORY));
  FAILS(ELOOP, open("link", O_RDONLY | O_NOFOLLOW));
  FAILS(ENOTDIR, open("dirlink", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
  OK(open("link", O_PATH | O_NOFOLLOW));
  FAILS(EISDIR, open("directory", O_WRONLY));
  FAILS(EISDIR, open("directory", O_RDWR));
  FAILS(EISDIR, open("directory", O_RDONLY | O_CREAT, 0644));
}

CASE(open_ofWhatIsNotThere_isENOENT) {
  make_file("file", "x");
  FAILS(ENOENT, open("missing", O_RDONLY));
  FAILS(ENOENT, open("missing/file", O_CREAT | O_WRONLY, 0644));
  FAILS(ENOTDIR, open("file/below", O_CREAT | O_WRONLY, 0644));
  FAILS(EISDIR, open("missing/", O_CREAT | O_WRONLY, 0644));
  FAILS(ENOENT, open("", O_RDONLY));
}

CASE(open_create_takesModeAndUmask) {
  umask(027);
  OK(close((int)OK(open("file", O_CREAT | O_WRONLY, 0666))));
  EQUAL(S_IFREG | 0640, status_of("file").st_mode);
  OK(mkdir("directory", 0777));
  EQUAL(S_IFDIR | 0750, status_of("directory").st_mode);
  umask(0);
  OK(close((int)OK(open("all", O_CREAT | O_WRONLY, 07777))));
  EQUAL(S_IFREG | 07777, status_of("all").st_mode);
}

CASE(open_createOfReadOnlyMode_letsItsMakerWrite) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0400));
  EQUAL(4, write(fd, "data", 4));
  expect_descriptor(fd, "data");
}

CASE(open_accessModes_limitTheHandle) {
  make_file("file", "content");
  int reader = (int)OK(open("file", O_RDONLY)), writer = (int)OK(open("file", O_WRONLY));
  char byte;
  FAILS(EBADF, write(reader, "x", 1));
  FAILS(EBADF, read(writer, &byte, 1));
  FAILS(EINVAL, ftruncate(reader, 0));
  expect_content("file", "content");
}

CASE(append_ofTwoProcesses_losesNothing) {
  enum { PROCESSES = 2, RECORDS = 1500, BYTES = 24 };
  OK(close((int)OK(open("log", O_CREAT | O_WRONLY, 0644))));
  pid_t children[PROCESSES];
  for (int p = 0; p < PROCESSES; p++) {
    if ((children[p] = (pid_t)OK(fork())) != 0) continue;
    int fd = (int)OK(open("log", O_WRONLY | O_APPEND));
    for (int i = 0; i < RECORDS; i++) {
      char record[BYTES + 1];
      snprintf(record, sizeof record, "process %02d record %05d\n", p, i);
      EQUAL(BYTES, write(fd, record, BYTES));
    }
    _exit(0);
  }
  for (int p = 0; p < PROCESSES; p++) await_child(children[p]);
  EQUAL(PROCESSES * RECORDS * BYTES, status_of("log").st_size);
  FILE *log = fopen("log", "r");
  int next[PROCESSES] = {0}, process, number;
  while (fscanf(log, "process %d record %d\n", &process, &number) == 2)
    EQUAL(next[process]++, number);
  for (int p = 0; p < PROCESSES; p++) EQUAL(RECORDS, next[p]);
}

CASE(append_afterTruncateAndSeek_writesAtTheEnd) {
  make_file("file", "0123456789");
  int fd = (int)OK(open("file", O_RDWR | O_APPEND));
  OK(lseek(fd, 2, SEEK_SET));
  EQUAL(1, write(fd, "a", 1));
  OK(truncate("file", 3));
  EQUAL(1, write(fd, "b", 1));
  expect_content("file", "012b");
  EQUAL(4, lseek(fd, 0, SEEK_CUR));
}

CASE(direct_readsAndWrites) {
  int fd = open("file", O_CREAT | O_RDWR | O_DIRECT, 0644);
  if (fd == -1 && errno == EINVAL) skip("no O_DIRECT here");
  CHECK(fd >= 0);
  char *block;
  CHECK(posix_memalign((void **)&block, 4096, 1 << 20) == 0);
  for (int i = 0; i < 1 << 20; i++) block[i] = (char)(i * 7 + (i >> 12));
  EQUAL(1 << 20, pwrite(fd, block, 1 << 20, 4096));
  int buffered = (int)OK(open("file", O_RDONLY));
  char *copy = malloc(1 << 20);
  EQUAL(1 << 20, pread(buffered, copy, 1 << 20, 4096));
  CHECK(memcmp(block, copy, 1 << 20) == 0);
  memset(block, 1, 4096);
  EQUAL(4096, pread(fd, block, 4096, 0));
  for (int i = 0; i < 4096; i++) CHECK(block[i] == 0);
}

// A page for each byte value, the last half of it.
static char *direct_file(const char *name, int *fd, size_t pages) {
  *fd = open(name, O_CREAT | O_RDWR | O_DIRECT, 0644);
  if (*fd == -1 && errno == EINVAL) skip("no O_DIRECT here");
  CHECK(*fd >= 0);
  char *memory;
  CHECK(posix_memalign((void **)&memory, 4096, pages * 4096) == 0);
  for (size_t i = 0; i < pages * 4096; i++) memory[i] = (char)(i / 4096 + 1);
  EQUAL(pages * 4096, pwrite(*fd, memory, pages * 4096, 0));
  return memory;
}

// What is not aligned is refused, as open(2) allows, or does what it says.
CASE(direct_unaligned_isExactOrRefused) {
  int fd;
  char *memory = direct_file("file", &fd, 4);
  int buffered = (int)OK(open("file", O_RDWR));
  const struct { off_t offset; size_t length; int shift; } tries[] = {
      {0, 4096, 1}, {0, 4096, 512}, {512, 512, 0}, {1, 1, 1}, {4095, 2, 0}, {5000, 7000, 3}};
  for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
    off_t offset = tries[i].offset;
    ssize_t length = (ssize_t)tries[i].length;
    char *buffer = memory + tries[i].shift, copy[8192];
    memset(buffer, 'A' + (int)i, tries[i].length);
    char before[4 * 4096], after[4 * 4096];
    EQUAL(sizeof before, pread(buffered, before, sizeof before, 0));
    ssize_t written = pwrite(fd, buffer, tries[i].length, offset);
    CHECK(written == length || (written == -1 && errno == EINVAL));
    if (written == length) memcpy(before + offset, buffer, tries[i].length);
    EQUAL(sizeof after, pread(buffered, after, sizeof after, 0));
    CHECK(memcmp(before, after, sizeof after) == 0);
    ssize_t count = pread(fd, memory + tries[i].shift, tries[i].length, offset);
    CHECK(count == length || (count == -1 && errno == EINVAL));
    memcpy(copy, memory + tries[i].shift, tries[i].length);
    if (count == length) CHECK(memcmp(copy, after + offset, tries[i].length) == 0);
  }
  EQUAL(4 * 4096, status_of("file").st_size);
}

CASE(direct_atAndBehindTheEnd_isShortAndZero) {
  int fd;
  char *memory = direct_file("file", &fd, 2);
  OK(ftruncate(fd, 4096 + 100));
  EQUAL(4096 + 100, pread(fd, memory, 8192, 0));
  EQUAL(100, pread(fd, memory, 4096, 4096));
  EQUAL(0, pread(fd, memory, 4096, 8192));
  memset(memory, 'b', 4096);
  EQUAL(4096, pwrite(fd, memory, 4096, 3 * 4096));
  EQUAL(4096, pread(fd, memory, 4096, 2 * 4096));
  for (int i = 0; i < 4096; i++) CHECK(memory[i] == 0);
  EQUAL(4096, pread(fd, memory, 4096, 4096));
  for (int i = 0; i < 4096; i++) EQUAL(i < 100 ? 2 : 0, memory[i]);
}

CASE(direct_bufferedAndMapped_agree) {
  int fd;
  char *memory = direct_file("file", &fd, 8);
  int buffered = (int)OK(open("file", O_RDWR));
  char *map = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, buffered, 0);
  CHECK(map != MAP_FAILED);
  for (int page = 0; page < 8; page++) EQUAL(page + 1, map[page * 4096]);
  // A direct write shows in what is cached and mapped.
  memset(memory, 'd', 4096);
  EQUAL(4096, pwrite(fd, memory, 4096, 2 * 4096));
  char byte;
  EQUAL(1, pread(buffered, &byte, 1, 2 * 4096 + 77));
  EQUAL('d', byte);
  EQUAL('d', map[2 * 4096 + 5]);
  // A direct read sees what was written buffered, and what a mapping changed.
  EQUAL(1, pwrite(buffered, "w", 1, 3 * 4096 + 9));
  map[4 * 4096 + 9] = 'm';
  EQUAL(2 * 4096, pread(fd, memory, 2 * 4096, 3 * 4096));
  EQUAL('w', memory[9]);
  EQUAL('m', memory[4096 + 9]);
  // A direct write next to a changed page loses nothing of it.
  map[5 * 4096] = 'n';
  memset(memory, 'e', 4096);
  EQUAL(4096, pwrite(fd, memory, 4096, 6 * 4096));
  EQUAL('n', map[5 * 4096]);
  EQUAL('e', map[6 * 4096]);
  OK(msync(map, 8 * 4096, MS_SYNC));
  EQUAL(2 * 4096, pread(fd, memory, 2 * 4096, 5 * 4096));
  EQUAL('n', memory[0]);
  EQUAL('e', memory[4096]);
}

CASE(direct_appending_writesAtTheEnd) {
  make_file("file", "text");
  int fd = open("file", O_WRONLY | O_APPEND | O_DIRECT);
  if (fd == -1 && errno == EINVAL) skip("no O_DIRECT here");
  OK(truncate("file", 8192));
  char *memory;
  CHECK(posix_memalign((void **)&memory, 4096, 4096) == 0);
  memset(memory, 'a', 4096);
  EQUAL(4096, pwrite(fd, memory, 4096, 0));
  EQUAL(3 * 4096, status_of("file").st_size);
  int reader = (int)OK(open("file", O_RDONLY));
  char byte;
  EQUAL(1, pread(reader, &byte, 1, 0));
  EQUAL('t', byte);
  EQUAL(1, pread(reader, &byte, 1, 8192));
  EQUAL('a', byte);
}

/* The kernel sends a long one as several requests at a time. */
CASE(direct_appendingMuch_keepsTheOrder) {
  enum { PAGE = 4096, PAGES = 2048, TIMES = 10 };
  int fd = open("file", O_CREAT | O_WRONLY | O_APPEND | O_DIRECT, 0644);
  if (fd == -1 && errno == EINVAL) skip("no O_DIRECT here");
  unsigned *memory;
  CHECK(posix_memalign((void **)&memory, PAGE, PAGES * PAGE) == 0);
  for (int time = 0; time < TIMES; time++) {
    for (unsigned page = 0; page < PAGES; page++)
      memory[page * (PAGE / sizeof *memory)] = time * PAGES + page;
    EQUAL(PAGES * PAGE, write(fd, memory, PAGES * PAGE));
  }
  int reader = (int)OK(open("file", O_RDONLY));
  EQUAL((off_t)TIMES * PAGES * PAGE, status_of("file").st_size);
  for (unsigned page = 0; page < TIMES * PAGES; page++) {
    unsigned found;
    EQUAL((ssize_t)sizeof found, pread(reader, &found, sizeof found, (off_t)page * PAGE));
    EQUAL(page, found);
  }
}

CASE(write_crossingManyBlocks_readsBackEverywhere) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  enum { SIZE = 3 << 20 };
  unsigned char *model = calloc(1, SIZE), *copy = malloc(SIZE);
  unsigned seed = 4711;
  off_t size = 0;
  for (int i = 0; i < 400; i++) {
    off_t offset = rand_r(&seed) % (SIZE - 70000);
    size_t length = (size_t)(rand_r(&seed) % (i % 4 == 0 ? 70000 : 5000)) + 1;
    memset(model + offset, i + 1, length);
    EQUAL(length, pwrite(fd, model + offset, length, offset));
    if (offset + (off_t)length > size) size = offset + (off_t)length;
    if (i % 40 == 39) OK(fsync(fd));
    if (i % 50 == 49) {
      EQUAL(size, pread(fd, copy, SIZE, 0));
      CHECK(memcmp(model, copy, (size_t)size) == 0);
    }
  }
  EQUAL(size, status_of("file").st_size);
}

CASE(write_ofNothing_changesNothing) {
  make_file("file", "abc");
  int fd = (int)OK(open("file", O_RDWR));
  EQUAL(0, pwrite(fd, "", 0, 1000));
  EQUAL(3, status_of("file").st_size);
  char byte;
  EQUAL(0, pread(fd, &byte, 1, 3));
  EQUAL(0, pread(fd, &byte, 1, 1L << 40));
}
