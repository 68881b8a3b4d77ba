/*
 * Overwrites a file by aio(7), past the page cache and with O_DSYNC, and ends when the kernel says
 * that this is done.
 *
 *   asynchronous FILE BYTE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BYTES = 256 << 10 };

static void expect(int is, const char *what) {
  if (!is) {
    perror(what);
    exit(1);
  }
}

int main(int count, char **words) {
  expect(count == 3, "usage");
  int fd = open(words[1], O_WRONLY | O_DIRECT | O_DSYNC);
  expect(fd >= 0, "open");
  void *memory;
  expect(posix_memalign(&memory, 4096, BYTES) == 0, "memory");
  memset(memory, words[2][0], BYTES);
  aio_context_t context = 0;
  expect(syscall(SYS_io_setup, 1, &context) == 0, "io_setup");
  struct iocb request = {
      .aio_fildes = (uint32_t)fd,
      .aio_lio_opcode = IOCB_CMD_PWRITE,
      .aio_buf = (uintptr_t)memory,
      .aio_nbytes = BYTES,
  };
  struct iocb *requests[] = {&request};
  expect(syscall(SYS_io_submit, context, 1, requests) == 1, "io_submit");
  struct io_event event;
  expect(syscall(SYS_io_getevents, context, 1, 1, &event, NULL) == 1, "io_getevents");
  errno = event.res < 0 ? (int)-event.res : 0;
  expect(event.res == BYTES, "write");
  return 0;
}
