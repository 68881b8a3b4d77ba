// Snapshots and clones by hand: mkdir, rmdir and mv in .snapshots and .clones.
#include "contract.h"

#include <stdarg.h>
#include <sys/xattr.h>

static void need_snapshots(void) {
  if (!exists(".snapshots")) skip("no snapshots on this file system");
}

// A path below the mount's root; good until the fourth call after.
static const char *at_root(const char *format, ...) {
  static char paths[4][PATH_MAX];
  static int next;
  char *path = paths[next++ % 4];
  int length = snprintf(path, PATH_MAX, "%s/", mount_root);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(path + length, PATH_MAX - (size_t)length, format, arguments);
  va_end(arguments);
  return path;
}

CASE(snapshots_areHiddenAndThere) {
  need_snapshots();
  OK(mkdir("directory", 0755));
  CHECK(!is_listed(".", ".snapshots"));
  CHECK(!is_listed("directory", ".snapshots"));
  CHECK(!is_listed(mount_root, ".snapshots"));
  CHECK(!is_listed(mount_root, ".clones"));
  CHECK(exists("directory/.snapshots"));
  CHECK(exists(at_root(".clones")));
  CHECK(!exists(".clones"));
  struct stat status = status_of("directory/.snapshots");
  EQUAL(S_IFDIR | 0755, status.st_mode);
  EQUAL(1, status.st_nlink);
  OK(rmdir("directory"));
}

CASE(snapshots_virtualDirectories_takeNothingElse) {
  need_snapshots();
  make_file("file", "x");
  FAILS(EEXIST, mkdir(".snapshots", 0755));
  FAILS(EPERM, rmdir(".snapshots"));
  FAILS(EPERM, rename(".snapshots", "elsewhere"));
  FAILS(EPERM, rename("file", ".snapshots/file"));
  FAILS(EPERM, open(".snapshots/file", O_CREAT | O_WRONLY, 0644));
  FAILS(EPERM, symlink("x", ".snapshots/link"));
  FAILS(EPERM, link("file", ".snapshots/link"));
  FAILS(EPERM, mknod(".snapshots/fifo", S_IFIFO | 0644, 0));
  FAILS(EPERM, chmod(".snapshots", 0700));
  FAILS(ENOENT, rmdir(".snapshots/missing"));
  FAILS(ENOENT, unlink(".snapshots/missing"));
  FAILS(EISDIR, open(".snapshots", O_WRONLY));
}

CASE(snapshots_names) {
  need_snapshots();
  char name[300] = ".snapshots/";
  memset(name + 11, 'n', 127);
  OK(mkdir(name, 0755));
  CHECK(exists(name));
  FAILS(EEXIST, mkdir(name, 0755));
  OK(rmdir(name));
  name[11 + 127] = 'n';
  FAILS(EINVAL, mkdir(name, 0755));
  memset(name + 11, 'n', 256);
  FAILS(ENAMETOOLONG, mkdir(name, 0755));
  const char *const odd[] = {".snapshots/@GMT-2026.01.31-12.00.00", ".snapshots/a b\nc",
                             ".snapshots/\xff\xfe", ".snapshots/-rf", ".snapshots/..."};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    OK(mkdir(odd[i], 0755));
    CHECK(is_listed(".snapshots", odd[i] + 11));
    OK(rmdir(odd[i]));
    CHECK(!exists(odd[i]));
  }
}

CASE(snapshot_neverChanges) {
  need_snapshots();
  make_file("written", "before");
  make_file("truncated", "before");
  make_file("removed", "before");
  make_file("replaced", "before");
  make_file("renamed", "before");
  make_file("moded", "before");
  OK(setxattr("moded", "user.a", "before", 6, 0));
  OK(mkdir("directory", 0755));
  make_file("directory/inside", "before");
  OK(symlink("before", "link"));
  OK(link("written", "second"));
  struct stat written = status_of("written");
  OK(mkdir(".snapshots/neverChanges", 0755));

  make_file("written", "after!");
  OK(truncate("truncated", 2));
  OK(unlink("removed"));
  make_file("new", "after");
  OK(rename("new", "replaced"));
  OK(rename("renamed", "other"));
  OK(chmod("moded", 0600));
  OK(setxattr("moded", "user.a", "after!", 6, 0));
  OK(unlink("directory/inside"));
  OK(rmdir("directory"));
  OK(unlink("link"));
  OK(symlink("after!", "link"));
  make_file("created", "after");

  OK(chdir(".snapshots/neverChanges"));
  EQUAL(9, count_entries("."));
  expect_content("written", "before");
  expect_content("second", "before");
  expect_content("truncated", "before");
  expect_content("removed", "before");
  expect_content("replaced", "before");
  expect_content("renamed", "before");
  expect_content("directory/inside", "before");
  CHECK(!exists("other") && !exists("created"));
  EQUAL(S_IFREG | 0644, status_of("moded").st_mode);
  char buffer[16];
  EQUAL(6, getxattr("moded", "user.a", buffer, sizeof buffer));
  CHECK(memcmp(buffer, "before", 6) == 0);
  EQUAL(6, readlink("link", buffer, sizeof buffer));
  CHECK(memcmp(buffer, "before", 6) == 0);
  EQUAL(2, status_of("written").st_nlink);
  EQUAL(status_of("second").st_ino, status_of("written").st_ino);
  EQUAL(nanos(written.st_mtim), nanos(status_of("written").st_mtim));
  EQUAL(nanos(written.st_ctim), nanos(status_of("written").st_ctim));
}

CASE(snapshot_isReadOnly) {
  need_snapshots();
  make_file("file", "x");
  OK(setxattr("file", "user.a", "1", 1, 0));
  OK(mkdir("directory", 0755));
  OK(mkdir(".snapshots/isReadOnly", 0755));
  OK(chdir(".snapshots/isReadOnly"));
  FAILS(EROFS, open("file", O_WRONLY));
  FAILS(EROFS, open("file", O_RDWR));
  FAILS(EROFS, open("file", O_RDONLY | O_TRUNC));
  FAILS(EROFS, open("new", O_CREAT | O_WRONLY, 0644));
  FAILS(EROFS, truncate("file", 0));
  FAILS(EROFS, unlink("file"));
  FAILS(EROFS, mkdir("new", 0755));
  FAILS(EROFS, rmdir("directory"));
  FAILS(EROFS, rename("file", "other"));
  FAILS(EROFS, link("file", "other"));
  FAILS(EROFS, symlink("file", "other"));
  FAILS(EROFS, mkfifo("other", 0644));
  FAILS(EROFS, chmod("file", 0600));
  FAILS(EROFS, chown("file", getuid(), getgid()));
  FAILS(EROFS, utimensat(AT_FDCWD, "file", NULL, 0));
  FAILS(EROFS, setxattr("file", "user.a", "2", 1, 0));
  FAILS(EROFS, removexattr("file", "user.a"));
  expect_content("file", "x");
}

CASE(snapshot_filesDoNotMoveAcrossVersions) {
  need_snapshots();
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  OK(mkdir(".snapshots/across", 0755));
  FAILS(EXDEV, rename(".snapshots/across/file", "other"));
  FAILS(EXDEV, link(".snapshots/across/file", "other"));
  FAILS(EXDEV, rename("file", ".snapshots/across/other"));
  FAILS(EXDEV, link("file", ".snapshots/across/other"));
  FAILS(EXDEV, rename(".snapshots/across", "other"));
  FAILS(EPERM, rename("directory", ".snapshots/other"));
  CHECK(exists("file") && exists("directory"));
}

CASE(snapshot_rename_changesItsName) {
  need_snapshots();
  make_file("file", "old");
  OK(mkdir(".snapshots/nameA", 0755));
  make_file("file", "new");
  OK(mkdir(".snapshots/nameB", 0755));
  expect_content(".snapshots/nameA/file", "old");
  FAILS(EEXIST, rename(".snapshots/nameA", ".snapshots/nameB"));
  OK(rename(".snapshots/nameA", ".snapshots/nameC"));
  CHECK(!exists(".snapshots/nameA"));
  FAILS(ENOENT, open(".snapshots/nameA/file", O_RDONLY));
  expect_content(".snapshots/nameC/file", "old");
  OK(rename(".snapshots/nameB", ".snapshots/nameA"));
  expect_content(".snapshots/nameA/file", "new");
  OK(rmdir(".snapshots/nameA"));
  OK(rmdir(".snapshots/nameC"));
  CHECK(!is_listed(".snapshots", "nameA") && !is_listed(".snapshots", "nameC"));
}

CASE(snapshot_ofTheSameName_showsTheNewContent) {
  need_snapshots();
  for (int round = 0; round < 10; round++) {
    char content[32];
    snprintf(content, sizeof content, "round %d", round);
    make_file("file", content);
    if (round % 2 == 0) make_file("sometimes", content);
    OK(mkdir(".snapshots/again", 0755));
    expect_content(".snapshots/again/file", content);
    CHECK(exists(".snapshots/again/sometimes") == (round % 2 == 0));
    EQUAL(round % 2 == 0 ? 2 : 1, count_entries(".snapshots/again"));
    OK(rmdir(".snapshots/again"));
    FAILS(ENOENT, open(".snapshots/again/file", O_RDONLY));
    CHECK(!exists(".snapshots/again"));
    CHECK(!is_listed(".snapshots", "again"));
    if (round % 2 == 0) OK(unlink("sometimes"));
  }
}

CASE(snapshot_withAnOpenFile_isBusy) {
  need_snapshots();
  make_file("file", "content");
  OK(mkdir(".snapshots/busy", 0755));
  int fd = (int)OK(open(".snapshots/busy/file", O_RDONLY));
  FAILS(EBUSY, rmdir(".snapshots/busy"));
  expect_descriptor(fd, "content");
  OK(close(fd));
  int tries = 0;
  while (rmdir(".snapshots/busy") != 0) {
    // The kernel hands the close on a moment later.
    EQUAL(EBUSY, errno);
    CHECK(tries++ < 100);
    usleep(10000);
  }
  CHECK(!exists(".snapshots/busy"));
}

CASE(snapshot_isOfDirectoriesNotOfPaths) {
  need_snapshots();
  OK(mkdir("a", 0755));
  make_file("a/file", "x");
  OK(mkdir(".snapshots/paths", 0755));
  OK(rename("a", "b"));
  OK(mkdir("a", 0755));
  OK(mkdir("c", 0755));
  expect_content("b/.snapshots/paths/file", "x");
  CHECK(!is_listed("a/.snapshots", "paths"));
  CHECK(!exists("a/.snapshots/paths"));
  CHECK(!exists("c/.snapshots/paths"));
  expect_content(".snapshots/paths/a/file", "x");
  CHECK(!exists(".snapshots/paths/b"));
  CHECK(!exists(".snapshots/paths/.snapshots"));
}

CASE(inodeNumbers_differBetweenVersionsAndStay) {
  need_snapshots();
  make_file("file", "x");
  OK(link("file", "second"));
  OK(mkdir(".snapshots/inodes1", 0755));
  OK(mkdir(".snapshots/inodes2", 0755));
  ino_t now = status_of("file").st_ino;
  ino_t first = status_of(".snapshots/inodes1/file").st_ino;
  ino_t second = status_of(".snapshots/inodes2/file").st_ino;
  CHECK(now != first && now != second && first != second);
  EQUAL(first, status_of(".snapshots/inodes1/second").st_ino);
  EQUAL(now, status_of("second").st_ino);
  make_file("file", "y");
  EQUAL(now, status_of("file").st_ino);
  EQUAL(first, status_of(".snapshots/inodes1/file").st_ino);
  DIR *directory = opendir(".snapshots/inodes1");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
    if (strcmp(entry->d_name, "file") == 0) EQUAL(first, entry->d_ino);
  closedir(directory);
}

CASE(snapshot_hasWhatWasWrittenBeforeIt) {
  need_snapshots();
  int fd = (int)OK(open("written", O_CREAT | O_RDWR, 0644));
  for (int i = 0; i < 1000; i++) {
    char line[16];
    snprintf(line, sizeof line, "line %8d\n", i);
    EQUAL(14, write(fd, line, 14));
  }
  OK(mkdir(".snapshots/writtenBefore", 0755));
  EQUAL(5, write(fd, "after", 5));
  EQUAL(14000, status_of(".snapshots/writtenBefore/written").st_size);
  char last[16] = "";
  int past = (int)OK(open(".snapshots/writtenBefore/written", O_RDONLY));
  EQUAL(14, pread(past, last, 15, 13986));
  EQUAL(0, strcmp(last, "line      999\n"));
}

CASE(snapshot_hasWhatMappingsHadWritten) {
  need_snapshots();
  enum { PAGES = 500 };
  int fd = (int)OK(open("mapped", O_CREAT | O_RDWR, 0644));
  OK(ftruncate(fd, PAGES * 4096));
  char *memory = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK(memory != MAP_FAILED);
  for (int i = 0; i < PAGES; i++) memory[i * 4096] = (char)(i % 100 + 1);
  OK(mkdir(".snapshots/mapped", 0755));
  for (int i = 0; i < PAGES; i++) memory[i * 4096] = 'n';
  OK(msync(memory, PAGES * 4096, MS_SYNC));
  int past = (int)OK(open(".snapshots/mapped/mapped", O_RDONLY));
  for (int i = 0; i < PAGES; i++) {
    char byte;
    EQUAL(1, pread(past, &byte, 1, i * 4096));
    EQUAL(i % 100 + 1, byte);
  }
}

CASE(snapshots_areTheOwnersToMake) {
  need_snapshots();
  if (geteuid() != 0) skip("needs root, and a mount that lets others in");
  OK(chmod(".", 0777));
  OK(mkdir(".snapshots/owners", 0755));
  make_file("file", "x");
  AS_STRANGER {
    CHECK(mkdir(".snapshots/strangers", 0755) == -1 && (errno == EPERM || errno == EACCES));
    CHECK(rmdir(".snapshots/owners") == -1 && (errno == EPERM || errno == EACCES));
    CHECK(rename(".snapshots/owners", ".snapshots/mine") == -1
          && (errno == EPERM || errno == EACCES));
    CHECK(mkdir(at_root(".clones/strangers"), 0755) == -1 && (errno == EPERM || errno == EACCES));
    CHECK(is_listed(".snapshots", "owners"));
    EQUAL(0, count_entries(".snapshots/owners"));
  }
}

CASE(clone_isIsolated) {
  need_snapshots();
  make_file("file", "common");
  OK(mkdir(at_root(".clones/isolated"), 0755));
  CHECK(is_listed(at_root(".clones"), "isolated"));
  const char *clone = "clone_isIsolated";
  make_file(at_root(".clones/isolated/%s/file", clone), "in the clone");
  make_file(at_root(".clones/isolated/%s/new", clone), "x");
  expect_content("file", "common");
  CHECK(!exists("new"));
  make_file("file", "in the volume");
  make_file("other", "x");
  expect_content(at_root(".clones/isolated/%s/file", clone), "in the clone");
  CHECK(!exists(at_root(".clones/isolated/%s/other", clone)));
  FAILS(EXDEV, rename("other", at_root(".clones/isolated/%s/other", clone)));
  FAILS(EXDEV, link("other", at_root(".clones/isolated/%s/other", clone)));
  FAILS(EEXIST, mkdir(at_root(".clones/isolated"), 0755));
  CHECK(status_of("file").st_ino != status_of(at_root(".clones/isolated/%s/file", clone)).st_ino);
  OK(rmdir(at_root(".clones/isolated")));
  CHECK(!exists(at_root(".clones/isolated")));
  expect_content("file", "in the volume");
}

CASE(clone_ofSnapshot_beginsAsIt) {
  need_snapshots();
  make_file("file", "past");
  OK(mkdir(at_root(".snapshots/cloned"), 0755));
  make_file("file", "present");
  OK(mkdir(at_root(".snapshots/cloned/.clones/ofSnapshot"), 0755));
  const char *name = "clone_ofSnapshot_beginsAsIt";
  expect_content(at_root(".clones/ofSnapshot/%s/file", name), "past");
  CHECK(is_listed(at_root(".snapshots/cloned/.clones"), "ofSnapshot"));
  CHECK(!is_listed(at_root(".clones/ofSnapshot/.snapshots"), "cloned"));
  make_file(at_root(".clones/ofSnapshot/%s/file", name), "changed");
  expect_content(at_root(".snapshots/cloned/%s/file", name), "past");
  // The origin goes first.
  OK(rmdir(at_root(".snapshots/cloned")));
  expect_content(at_root(".clones/ofSnapshot/%s/file", name), "changed");
  OK(rmdir(at_root(".clones/ofSnapshot")));
}

CASE(clones_nest) {
  need_snapshots();
  const char *here = "clones_nest";
  make_file("file", "0");
  OK(mkdir(at_root(".clones/n1"), 0755));
  make_file(at_root(".clones/n1/%s/file", here), "1");
  OK(mkdir(at_root(".clones/n1/.snapshots/s"), 0755));
  make_file(at_root(".clones/n1/%s/file", here), "1b");
  OK(mkdir(at_root(".clones/n1/.snapshots/s/.clones/n2"), 0755));
  make_file(at_root(".clones/n1/.clones/n2/%s/more", here), "2");
  OK(mkdir(at_root(".clones/n1/.clones/n2/.clones/n3"), 0755));
  expect_content(at_root(".clones/n1/.clones/n2/.clones/n3/%s/file", here), "1");
  expect_content(at_root(".clones/n1/.clones/n2/.clones/n3/%s/more", here), "2");
  expect_content(at_root(".clones/n1/%s/file", here), "1b");
  expect_content("file", "0");
  FAILS(EBUSY, rmdir(at_root(".clones/n1")));
  FAILS(EBUSY, rmdir(at_root(".clones/n1/.clones/n2")));
  OK(rmdir(at_root(".clones/n1/.snapshots/s")));
  expect_content(at_root(".clones/n1/.clones/n2/.clones/n3/%s/file", here), "1");
  OK(rename(at_root(".clones/n1/.clones/n2"), at_root(".clones/n1/.clones/renamed")));
  expect_content(at_root(".clones/n1/.clones/renamed/.clones/n3/%s/more", here), "2");
  OK(rmdir(at_root(".clones/n1/.clones/renamed/.clones/n3")));
  OK(rmdir(at_root(".clones/n1/.clones/renamed")));
  OK(rmdir(at_root(".clones/n1")));
}

CASE(clone_withAnOpenFile_isBusy) {
  need_snapshots();
  OK(mkdir(at_root(".clones/busy"), 0755));
  int fd = (int)OK(open(at_root(".clones/busy/file"), O_CREAT | O_RDWR, 0644));
  FAILS(EBUSY, rmdir(at_root(".clones/busy")));
  EQUAL(1, write(fd, "x", 1));
  OK(close(fd));
  int tries = 0;
  while (rmdir(at_root(".clones/busy")) != 0) {
    EQUAL(EBUSY, errno);
    CHECK(tries++ < 100);
    usleep(10000);
  }
}

CASE(snapshots_deletedInAnyOrder_leaveTheOthers) {
  need_snapshots();
  enum { COUNT = 12 };
  unsigned seed = 12345;
  printf("seed %u\n", seed);
  bool there[COUNT];
  char path[PATH_MAX], content[64];
  for (int i = 0; i < COUNT; i++) {
    snprintf(content, sizeof content, "state %d", i);
    make_file("file", content);
    snprintf(path, sizeof path, "only%d", i);
    make_file(path, content);
    if (i > 0) {
      snprintf(path, sizeof path, "only%d", i - 1);
      OK(unlink(path));
    }
    snprintf(path, sizeof path, ".snapshots/order%d", i);
    OK(mkdir(path, 0755));
    there[i] = true;
  }
  for (int left = COUNT; left > 0; left--) {
    for (int i = 0; i < COUNT; i++) {
      snprintf(path, sizeof path, ".snapshots/order%d/file", i);
      if (!there[i]) {
        CHECK(!exists(path));
        continue;
      }
      snprintf(content, sizeof content, "state %d", i);
      expect_content(path, content);
      snprintf(path, sizeof path, ".snapshots/order%d/only%d", i, i);
      expect_content(path, content);
    }
    int victim;
    do victim = rand_r(&seed) % COUNT;
    while (!there[victim]);
    snprintf(path, sizeof path, ".snapshots/order%d", victim);
    OK(rmdir(path));
    there[victim] = false;
  }
}
