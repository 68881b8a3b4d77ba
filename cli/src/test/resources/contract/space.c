// Sizes, holes, preallocation, and what statfs says.
#include "contract.h"

#include <linux/falloc.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

enum { KIB = 1024, MIB = 1024 * 1024 };

static void fill(int fd, off_t offset, size_t length, int value) {
  char *data = malloc(length);
  memset(data, value, length);
  EQUAL(length, pwrite(fd, data, length, offset));
  free(data);
}

static void expect_bytes(int fd, off_t offset, size_t length, int value) {
  unsigned char *data = malloc(length);
  EQUAL(length, pread(fd, data, length, offset));
  for (size_t i = 0; i < length; i++) {
    if (data[i] != value)
      fail(__FILE__, __LINE__, "byte %lld is %d and not %d", (long long)offset + (long long)i,
           data[i], value);
  }
  free(data);
}

static long long allocated(int fd) {
  struct stat status;
  OK(fsync(fd));
  OK(fstat(fd, &status));
  return status.st_blocks * 512LL;
}

CASE(statfs_isPlausible) {
  struct statvfs space;
  OK(statvfs(".", &space));
  EQUAL(255, space.f_namemax);
  CHECK(space.f_bsize >= 512 && space.f_frsize >= 512);
  CHECK(space.f_blocks > 0);
  CHECK(space.f_bfree <= space.f_blocks);
  CHECK(space.f_bavail <= space.f_bfree);
  CHECK(space.f_bavail > 0);
  CHECK(space.f_files == 0 || space.f_ffree > 0);
}

CASE(write_raisesBlocks) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  fill(fd, 0, 1 * MIB, 1);
  long long bytes = allocated(fd);
  CHECK(bytes >= 1 * MIB && bytes <= 1 * MIB + 64 * KIB);
}

CASE(sparse_ofOneTebibyte) {
  const off_t tebibyte = 1LL << 40;
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  fill(fd, tebibyte - 1, 1, 'z');
  fill(fd, tebibyte / 2 + 5, 10000, 'm');
  EQUAL(tebibyte, status_of("file").st_size);
  CHECK(allocated(fd) < 128 * KIB);
  expect_bytes(fd, 0, 100000, 0);
  expect_bytes(fd, tebibyte / 2 - 5000, 5005, 0);
  expect_bytes(fd, tebibyte / 2 + 5, 10000, 'm');
  expect_bytes(fd, tebibyte / 2 + 10005, 100000, 0);
  expect_bytes(fd, tebibyte - 5000, 4999, 0);
  expect_bytes(fd, tebibyte - 1, 1, 'z');
  OK(ftruncate(fd, tebibyte / 2 + 6));
  expect_bytes(fd, tebibyte / 2 + 5, 1, 'm');
  OK(ftruncate(fd, tebibyte));
  expect_bytes(fd, tebibyte / 2 + 6, 20000, 0);
}

CASE(sparse_toTheLargestOffset) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, INT64_MAX));
  EQUAL(INT64_MAX, status_of("file").st_size);
  fill(fd, INT64_MAX - 100000, 1000, 'e');
  expect_bytes(fd, INT64_MAX - 100000, 1000, 'e');
  expect_bytes(fd, INT64_MAX - 99000, 5000, 0);
  OK(ftruncate(fd, 0));
  EQUAL(0, allocated(fd));
}

CASE(truncate_shrinksGrowsAndShowsNoOldData) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  fill(fd, 0, 100 * KIB, 7);
  OK(fsync(fd));
  OK(ftruncate(fd, 10001));
  OK(ftruncate(fd, 200 * KIB));
  expect_bytes(fd, 0, 10001, 7);
  expect_bytes(fd, 10001, 200 * KIB - 10001, 0);
  fill(fd, 0, 100 * KIB, 8);
  OK(ftruncate(fd, 5));
  fill(fd, 20000, 10, 9);
  expect_bytes(fd, 0, 5, 8);
  expect_bytes(fd, 5, 19995, 0);
  expect_bytes(fd, 20000, 10, 9);
}

CASE(truncate_refusals) {
  make_file("file", "abc");
  OK(mkdir("directory", 0755));
  FAILS(EISDIR, truncate("directory", 0));
  FAILS(EINVAL, truncate("file", -1));
  FAILS(ENOENT, truncate("missing", 0));
  FAILS(ENOTDIR, truncate("file/x", 0));
}

CASE(fallocate_growsUnlessToldToKeepSize) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 * MIB));
  EQUAL(0, status_of("file").st_size);
  CHECK(allocated(fd) >= 1 * MIB);
  OK(fallocate(fd, 0, 0, 2 * MIB));
  EQUAL(2 * MIB, status_of("file").st_size);
  CHECK(allocated(fd) >= 2 * MIB);
  expect_bytes(fd, 0, 2 * MIB, 0);
  fill(fd, 1000, 5000, 3);
  OK(fallocate(fd, 0, 0, 1 * MIB));
  expect_bytes(fd, 1000, 5000, 3);
  EQUAL(2 * MIB, status_of("file").st_size);
}

CASE(fallocate_punchesHoles) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  fill(fd, 0, 1 * MIB, 5);
  long long before = allocated(fd);
  OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100001, 500000));
  expect_bytes(fd, 0, 100001, 5);
  expect_bytes(fd, 100001, 500000, 0);
  expect_bytes(fd, 600001, 1 * MIB - 600001, 5);
  EQUAL(1 * MIB, status_of("file").st_size);
  CHECK(allocated(fd) <= before - 480000);
  OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 900000, 10 * MIB));
  EQUAL(1 * MIB, status_of("file").st_size);
  expect_bytes(fd, 900000, 1 * MIB - 900000, 0);
}

CASE(fallocate_zeroesRanges) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  fill(fd, 0, 300 * KIB, 5);
  int result = fallocate(fd, FALLOC_FL_ZERO_RANGE, 10001, 100000);
  if (result == -1 && errno == EOPNOTSUPP) skip("the kernel does not pass FALLOC_FL_ZERO_RANGE on");
  OK(result);
  expect_bytes(fd, 0, 10001, 5);
  expect_bytes(fd, 10001, 100000, 0);
  expect_bytes(fd, 110001, 300 * KIB - 110001, 5);
  OK(fallocate(fd, FALLOC_FL_ZERO_RANGE, 200 * KIB, 300 * KIB));
  EQUAL(500 * KIB, status_of("file").st_size);
  expect_bytes(fd, 200 * KIB, 300 * KIB, 0);
  OK(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 400 * KIB, 300 * KIB));
  EQUAL(500 * KIB, status_of("file").st_size);
}

CASE(extension_seek_ofUnwrittenSpace_findsWhatWasWritten) {
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  OK(fallocate(fd, 0, 0, 1 * MIB));
  fill(fd, 256 * KIB, 4 * KIB, 9);
  OK(fsync(fd));
  // lseek(2): what was reserved and not written may be a hole or data; what was written is data.
  off_t data = (off_t)OK(lseek(fd, 0, SEEK_DATA)), hole = (off_t)OK(lseek(fd, 256 * KIB, SEEK_HOLE));
  CHECK(data <= 256 * KIB);
  CHECK(hole >= 260 * KIB && hole <= 1 * MIB);
  EQUAL(256 * KIB, lseek(fd, 256 * KIB, SEEK_DATA));
  expect_bytes(fd, 0, 256 * KIB, 0);
  expect_bytes(fd, 256 * KIB, 4 * KIB, 9);
  expect_bytes(fd, 260 * KIB, 764 * KIB, 0);
  FAILS(ENXIO, lseek(fd, 1 * MIB, SEEK_DATA));
  FAILS(ENXIO, lseek(fd, 1 * MIB, SEEK_HOLE));
  FAILS(EINVAL, lseek(fd, 0, 99));
}

// A model of bytes, against which all that changes ranges is held.
CASE(ranges_writtenPunchedZeroedAndCut_areTheirModel) {
  enum { SIZE = 512 * 1024, STEPS = 1500 };
  static unsigned char model[SIZE], copy[SIZE];
  off_t size = 0;
  unsigned seed = (unsigned)time(NULL);
  fprintf(stderr, "seed %u\n", seed);
  int fd = (int)OK(open("file", O_CREAT | O_RDWR, 0644));
  for (int step = 1; step <= STEPS; step++) {
    off_t offset = rand_r(&seed) % (SIZE / 2), length = rand_r(&seed) % (SIZE / 2) + 1;
    if (rand_r(&seed) % 2) offset &= ~4095;
    if (rand_r(&seed) % 3) length = length % 9000 + 1;
    off_t end = offset + length;
    switch (rand_r(&seed) % 7) {
      case 0:
      case 1:
        memset(model + offset, step % 255 + 1, (size_t)length);
        EQUAL(length, pwrite(fd, model + offset, (size_t)length, offset));
        if (end > size) size = end;
        break;
      case 2:
        OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length));
        memset(model + offset, 0, (size_t)length);
        break;
      case 3: {
        int keep = rand_r(&seed) % 2 ? FALLOC_FL_KEEP_SIZE : 0;
        if (fallocate(fd, FALLOC_FL_ZERO_RANGE | keep, offset, length) == -1) {
          EQUAL(EOPNOTSUPP, errno);
          break;
        }
        memset(model + offset, 0, (size_t)length);
        if (!keep && end > size) size = end;
        break;
      }
      case 4: {
        int keep = rand_r(&seed) % 2 ? FALLOC_FL_KEEP_SIZE : 0;
        OK(fallocate(fd, keep, offset, length));
        if (!keep && end > size) size = end;
        break;
      }
      case 5:
        OK(ftruncate(fd, end));
        if (end < size) memset(model + end, 0, (size_t)(size - end));
        size = end;
        break;
      default:
        if (rand_r(&seed) % 4 == 0) OK(fsync(fd));
        OK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
        break;
    }
    EQUAL(size, status_of("file").st_size);
    EQUAL(size, pread(fd, copy, SIZE, 0));
    for (off_t i = 0; i < size; i++) {
      if (copy[i] != model[i])
        fail(__FILE__, __LINE__, "step %d: byte %lld is %d and not %d", step, (long long)i, copy[i],
             model[i]);
    }
    // No byte that is not zero is in what SEEK_DATA skips.
    off_t from = 0, data;
    while ((data = lseek(fd, from, SEEK_DATA)) != -1 || errno == ENXIO) {
      off_t to = data == -1 ? size : data;
      for (off_t i = from; i < to; i++) {
        if (model[i] != 0) fail(__FILE__, __LINE__, "step %d: no hole at %lld", step, (long long)i);
      }
      if (data == -1) break;
      from = (off_t)OK(lseek(fd, data, SEEK_HOLE));
      CHECK(from > data);
      if (from >= size) break;
    }
  }
}

CASE(statfs_countsInodes) {
  enum { COUNT = 300 };
  struct statvfs before, with, after;
  OK(statvfs(".", &before));
  if (before.f_files == 0) skip("inodes are not counted here");
  char name[32];
  for (int i = 0; i < COUNT; i++) {
    snprintf(name, sizeof name, "f%d", i);
    make_file(name, "");
  }
  OK(statvfs(".", &with));
  EQUAL(before.f_files - before.f_ffree + COUNT, with.f_files - with.f_ffree);
  CHECK(with.f_favail <= with.f_ffree);
  for (int i = 0; i < COUNT; i++) {
    snprintf(name, sizeof name, "f%d", i);
    OK(unlink(name));
  }
  OK(statvfs(".", &after));
  EQUAL(before.f_files - before.f_ffree, after.f_files - after.f_ffree);
}

CASE(fallocate_refusals) {
  make_file("file", "abc");
  int reader = (int)OK(open("file", O_RDONLY)), writer = (int)OK(open("file", O_RDWR));
  FAILS(EBADF, fallocate(reader, 0, 0, 10));
  FAILS(EINVAL, fallocate(writer, 0, 0, 0));
  FAILS(EINVAL, fallocate(writer, 0, -1, 10));
  FAILS(EFBIG, fallocate(writer, 0, INT64_MAX, 10));
  OK(close(reader));
}
