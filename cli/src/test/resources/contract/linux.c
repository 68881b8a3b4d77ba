// What programs on Linux rely on beside the calls that POSIX has.
#include "contract.h"

#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/syscall.h>

CASE(mmap_behindATruncatedEnd_isSIGBUS) {
  int fd = (int)OK(open("f", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, 3 * 4096));
  char *map = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(map != MAP_FAILED);
  memset(map, 'x', 3 * 4096);
  OK(ftruncate(fd, 4096 + 5));
  fflush(NULL);
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    signal(SIGBUS, SIG_DFL);
    volatile char byte = map[2 * 4096];
    (void)byte;
    _exit(0);
  }
  int status;
  OK(waitpid(child, &status, 0));
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
  EQUAL('x', map[4096 + 4]);
  EQUAL(0, map[4096 + 5]);
  OK(ftruncate(fd, 3 * 4096));
  EQUAL(0, map[2 * 4096]);
  EQUAL(0, map[4096 + 5]);
}

CASE(exec_andWriting_excludeEachOther) {
  EQUAL(0, system("cp /bin/sleep program"));
  int fd = (int)OK(open("program", O_WRONLY | O_APPEND));
  fflush(NULL);
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    execl("./program", "program", "0", NULL);
    _exit(errno == ETXTBSY ? 0 : 1);
  }
  await_child(child);
  OK(close(fd));
  child = (pid_t)OK(fork());
  if (child == 0) {
    execl("./program", "program", "60", NULL);
    _exit(1);
  }
  struct timespec moment = {0, 10000000};
  char link[PATH_MAX] = "", name[64];
  snprintf(name, sizeof name, "/proc/%d/exe", child);
  for (int i = 0; i < 3000 && !strstr(link, "/program"); i++) {
    OK(nanosleep(&moment, NULL));
    ssize_t length = readlink(name, link, sizeof link - 1);
    link[length > 0 ? length : 0] = 0;
  }
  int opened = open("program", O_WRONLY);
  int error = errno;
  OK(kill(child, SIGKILL));
  OK(waitpid(child, NULL, 0));
  EQUAL(-1, opened);
  EQUAL(ETXTBSY, error);
}

CASE(inotify_tellsOfWhatThisMountChanges) {
  int fd = (int)OK(inotify_init1(IN_NONBLOCK));
  OK(inotify_add_watch(fd, ".", IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_DELETE));
  make_file("f", "text");
  OK(rename("f", "g"));
  OK(unlink("g"));
  char buffer[4096] __attribute__((aligned(8)));
  uint32_t seen = 0;
  ssize_t length;
  while ((length = read(fd, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + length;) {
      struct inotify_event *event = (struct inotify_event *)at;
      seen |= event->mask;
      at += sizeof *event + event->len;
    }
  EQUAL(IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_DELETE, seen);
}

CASE(syncfs_andSync_succeed) {
  make_file("f", "text");
  int fd = (int)OK(open(".", O_RDONLY));
  OK(syncfs(fd));
  OK(fsync(fd));
  expect_content("f", "text");
}

CASE(rename_whiteout_isEINVAL) {
  make_file("f", "text");
  FAILS(EINVAL, syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 4));
  expect_content("f", "text");
  CHECK(!exists("g"));
}

CASE(fallocate_collapseAndInsert_areEOPNOTSUPP) {
  int fd = (int)OK(open("f", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, 65536));
  FAILS(EOPNOTSUPP, fallocate(fd, 8, 0, 4096));
  FAILS(EOPNOTSUPP, fallocate(fd, 32, 0, 4096));
  EQUAL(65536, status_of("f").st_size);
}

CASE(remount_readOnly_refusesChanges_andBackAgainTakesThem) {
  if (geteuid() != 0) skip("needs root");
  make_file("f", "text");
  int fd = (int)OK(open("f", O_RDWR));
  FAILS(EBUSY, mount(NULL, mount_root, NULL, MS_REMOUNT | MS_RDONLY, NULL));
  OK(close(fd));
  OK(mount(NULL, mount_root, NULL, MS_REMOUNT | MS_RDONLY, NULL));
  int made = open("new", O_CREAT | O_WRONLY, 0644);
  int made_error = errno;
  int written = open("f", O_WRONLY);
  int written_error = errno;
  OK(mount(NULL, mount_root, NULL, MS_REMOUNT, NULL));
  EQUAL(-1, made);
  EQUAL(EROFS, made_error);
  EQUAL(-1, written);
  EQUAL(EROFS, written_error);
  make_file("new", "text");
  expect_content("f", "text");
}

CASE(lease_isGivenOrRefused_andBrokenByAnOpen) {
  make_file("f", "text");
  int fd = (int)OK(open("f", O_RDONLY));
  int result = fcntl(fd, F_SETLEASE, F_RDLCK);
  if (result == -1) {
    CHECK(errno == EINVAL || errno == EAGAIN);
    skip("no leases here");
  }
  signal(SIGIO, SIG_IGN);
  FAILS(EAGAIN, open("f", O_WRONLY | O_NONBLOCK));
  OK(fcntl(fd, F_SETLEASE, F_UNLCK));
  OK(close((int)OK(open("f", O_WRONLY))));
}
