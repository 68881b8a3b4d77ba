// What Linux has beyond POSIX, and not every way to the kernel carries. Where it is not carried the
// case is skipped; the tests say which mounts must not skip.
#include "contract.h"

#include <sys/syscall.h>

#define MIB (1LL << 20)

static int file_with(const char *name, off_t at, const char *text) {
  int fd = OK(open(name, O_CREAT | O_RDWR, 0644));
  EQUAL(strlen(text), OK(pwrite(fd, text, strlen(text), at)));
  return fd;
}

CASE(extension_seek_findsDataAndHoles) {
  int fd = file_with("f", 4 * MIB, "data");
  OK(ftruncate(fd, 8 * MIB));
  if (lseek(fd, 0, SEEK_DATA) == 0) skip("no SEEK_DATA here");
  EQUAL(4 * MIB, OK(lseek(fd, 0, SEEK_DATA)));
  EQUAL(0, OK(lseek(fd, 0, SEEK_HOLE)));
  EQUAL(4 * MIB + 4096, OK(lseek(fd, 4 * MIB, SEEK_HOLE)));
  EQUAL(-1, lseek(fd, 5 * MIB, SEEK_DATA));
  EQUAL(ENXIO, errno);
  EQUAL(-1, lseek(fd, 8 * MIB, SEEK_HOLE));
  EQUAL(ENXIO, errno);
}

CASE(extension_seek_afterWriteThroughMapping_findsTheData) {
  int fd = OK(open("f", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, 8 * MIB));
  if (lseek(fd, 0, SEEK_DATA) == 0) skip("no SEEK_DATA here");
  char *map = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(map != MAP_FAILED);
  map[2 * MIB] = 1;
  EQUAL(2 * MIB, OK(lseek(fd, 0, SEEK_DATA)));
}

static int rename_with(const char *from, const char *to, unsigned flags) {
  int result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
  if (result == -1 && errno == EINVAL) skip("no flags of renameat2 here");
  return result;
}

static char first_byte(const char *name) {
  char byte = 0;
  int fd = OK(open(name, O_RDONLY));
  EQUAL(1, OK(read(fd, &byte, 1)));
  OK(close(fd));
  return byte;
}

CASE(extension_renameNoReplace_refusesExisting) {
  file_with("a", 0, "a");
  file_with("b", 0, "b");
  EQUAL(-1, rename_with("a", "b", 1));
  EQUAL(EEXIST, errno);
  EQUAL('b', first_byte("b"));
  OK(rename_with("a", "c", 1));
  EQUAL('a', first_byte("c"));
}

CASE(extension_renameExchange_swapsFileAndDirectory) {
  file_with("a", 0, "a");
  OK(mkdir("d", 0755));
  file_with("d/inside", 0, "i");
  OK(rename_with("a", "d", 2));
  EQUAL('a', first_byte("d"));
  EQUAL('i', first_byte("a/inside"));
  EQUAL(-1, rename_with("a", "missing", 2));
  EQUAL(ENOENT, errno);
}

CASE(extension_copyFileRange_copiesDataAndKeepsHoles) {
  int from = file_with("from", 3 * MIB + 5, "second");
  EQUAL(5, OK(pwrite(from, "first", 5, 0)));
  OK(ftruncate(from, 6 * MIB));
  int to = file_with("to", 4 * MIB, "overwritten");
  long long done = 0;
  while (done < 6 * MIB) {
    loff_t in = done, out = 1000 + done;
    long long copied = OK(copy_file_range(from, &in, to, &out, 6 * MIB - done, 0));
    CHECK(copied > 0);
    done += copied;
  }
  struct stat status;
  OK(fstat(to, &status));
  EQUAL(6 * MIB + 1000, status.st_size);
  char buffer[16] = {0};
  EQUAL(5, OK(pread(to, buffer, 5, 1000)));
  CHECK(memcmp(buffer, "first", 5) == 0);
  EQUAL(6, OK(pread(to, buffer, 6, 3 * MIB + 1005)));
  CHECK(memcmp(buffer, "second", 6) == 0);
  EQUAL(11, OK(pread(to, buffer, 11, 4 * MIB)));
  for (int i = 0; i < 11; i++) EQUAL(0, buffer[i]);
  OK(fsync(to));
  OK(fstat(to, &status));
  if (status.st_blocks * 512 > MIB) skip("the kernel copies here, with what was a hole");
}

CASE(extension_copyFileRange_behindTheEnd_copiesNothing) {
  int from = file_with("from", 0, "x");
  int to = file_with("to", 0, "keep");
  loff_t in = 10, out = 0;
  EQUAL(0, OK(copy_file_range(from, &in, to, &out, 100, 0)));
  EQUAL('k', first_byte("to"));
}

// A file of a pattern that is different at each place.
static int patterned(const char *name, int size) {
  int fd = OK(open(name, O_CREAT | O_RDWR, 0644));
  unsigned *words = malloc(size);
  for (unsigned i = 0; i < size / sizeof *words; i++) words[i] = i * 2654435761u;
  EQUAL(size, OK(pwrite(fd, words, size, 0)));
  free(words);
  return fd;
}

static void copy_all(int from, loff_t in, int to, loff_t out, long long length) {
  while (length > 0) {
    long long copied = OK(copy_file_range(from, &in, to, &out, length, 0));
    CHECK(copied > 0);
    length -= copied;
  }
}

static void expect_equal(int a, off_t at, int b, off_t there, int length) {
  char *left = malloc(length), *right = malloc(length);
  EQUAL(length, OK(pread(a, left, length, at)));
  EQUAL(length, OK(pread(b, right, length, there)));
  CHECK(memcmp(left, right, length) == 0);
  free(left);
  free(right);
}

CASE(extension_copyFileRange_ofDirtyPages_seesThemAndLeavesNoneBehind) {
  int from = patterned("from", MIB);
  int to = patterned("to", 2 * MIB);
  char *source = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_SHARED, from, 0);
  char *target = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);
  CHECK(source != MAP_FAILED && target != MAP_FAILED);
  strcpy(source + 100000, "written through a mapping");
  target[MIB + 100000] = 'x';
  copy_all(from, 0, to, MIB, MIB);
  EQUAL(0, strcmp(target + MIB + 100000, "written through a mapping"));
  source[100000] = 'W';
  EQUAL('w', target[MIB + 100000]);
  expect_equal(from, 200000, to, MIB + 200000, 100000);
  OK(fsync(to));
  expect_equal(from, 200000, to, MIB + 200000, 100000);
}

CASE(extension_copyFileRange_ofAnyAlignment_copiesJustTheRange) {
  int from = patterned("from", MIB);
  int places[] = {0, 1, 4096, 5000, 12288, 100001};
  for (int i = 0; i < 6; i++) {
    for (int j = 0; j < 6; j++) {
      int to = patterned("to", MIB + 8);
      copy_all(from, places[i], to, places[j], 300000 + i);
      expect_equal(from, places[i], to, places[j], 300000 + i);
      if (places[j] > 0) expect_equal(from, 0, to, 0, places[j]);
      int behind = places[j] + 300000 + i;
      expect_equal(from, behind, to, behind, MIB - behind);
      OK(close(to));
      OK(unlink("to"));
    }
  }
}

CASE(extension_copyFileRange_wrong_isRefused) {
  int file = patterned("f", MIB);
  loff_t in = 0, out = 4096;
  EQUAL(-1, copy_file_range(file, &in, file, &out, 8192, 0));
  EQUAL(EINVAL, errno);
  int appending = OK(open("g", O_CREAT | O_WRONLY | O_APPEND, 0644));
  EQUAL(-1, copy_file_range(file, NULL, appending, NULL, 10, 0));
  EQUAL(EBADF, errno);
  int reading = OK(open("f", O_RDONLY));
  EQUAL(-1, copy_file_range(file, NULL, reading, NULL, 10, 0));
  EQUAL(EBADF, errno);
}

CASE(extension_birthTime_isOfTheCreation) {
  struct timespec before, after;
  OK(clock_gettime(CLOCK_REALTIME, &before));
  int fd = file_with("f", 0, "x");
  OK(clock_gettime(CLOCK_REALTIME, &after));
  struct statx status;
  OK(statx(fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_BASIC_STATS, &status));
  if (!(status.stx_mask & STATX_BTIME)) skip("no birth time here");
  CHECK(status.stx_btime.tv_sec >= before.tv_sec - 1 && status.stx_btime.tv_sec <= after.tv_sec + 1);
  EQUAL(1, status.stx_size);
  EQUAL(1, status.stx_nlink);
  EQUAL(S_IFREG | 0644, status.stx_mode);
}

CASE(extension_writeBySomebody_takesSetUserIdAway) {
  if (geteuid() != 0) skip("needs root, and a mount that lets others in");
  int fd = file_with("program", 0, "x");
  OK(fchmod(fd, 06777));
  if (fork() == 0) {
    if (setuid(STRANGER) != 0) _exit(1);
    int own = open("program", O_WRONLY);
    _exit(own >= 0 && write(own, "y", 1) == 1 ? 0 : 2);
  }
  int status;
  OK(wait(&status));
  EQUAL(0, status);
  struct stat attributes;
  OK(stat("program", &attributes));
  EQUAL(0777, attributes.st_mode & 07777);
}

CASE(extension_truncateBySomebody_takesSetUserIdAway) {
  if (geteuid() != 0) skip("needs root, and a mount that lets others in");
  int fd = file_with("program", 0, "x");
  OK(fchmod(fd, 04777));
  if (fork() == 0) {
    if (setuid(STRANGER) != 0) _exit(1);
    _exit(open("program", O_WRONLY | O_TRUNC) >= 0 ? 0 : 2);
  }
  int status;
  OK(wait(&status));
  EQUAL(0, status);
  struct stat attributes;
  OK(stat("program", &attributes));
  EQUAL(0777, attributes.st_mode & 07777);
}
