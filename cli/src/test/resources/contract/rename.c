// Renaming: every kind onto every kind.
#include "contract.h"

enum kind { MISSING, FILE_, EMPTY, FULL, LINK, FIFO, KINDS };
static const char *const KIND_NAMES[] = {"missing", "file", "empty", "full", "link", "fifo"};

static void make(const char *path, enum kind kind) {
  char below[64];
  switch (kind) {
    case MISSING: break;
    case FILE_: make_file(path, path); break;
    case EMPTY: OK(mkdir(path, 0755)); break;
    case FULL:
      OK(mkdir(path, 0755));
      snprintf(below, sizeof below, "%s/below", path);
      make_file(below, path);
      break;
    case LINK: OK(symlink("nowhere", path)); break;
    case FIFO: OK(mkfifo(path, 0644)); break;
    default: abort();
  }
}

static bool is_directory(enum kind kind) { return kind == EMPTY || kind == FULL; }

static int expected_error(enum kind from, enum kind to) {
  if (from == MISSING) return ENOENT;
  if (to == MISSING) return 0;
  if (is_directory(from) && !is_directory(to)) return ENOTDIR;
  if (!is_directory(from) && is_directory(to)) return EISDIR;
  return to == FULL ? ENOTEMPTY : 0;
}

CASE(rename_ofEachKindOntoEachKind) {
  for (enum kind from = MISSING; from < KINDS; from++) {
    for (enum kind to = MISSING; to < KINDS; to++) {
      char directory[64];
      snprintf(directory, sizeof directory, "%s-onto-%s", KIND_NAMES[from], KIND_NAMES[to]);
      OK(mkdir(directory, 0755));
      OK(chdir(directory));
      make("from", from);
      make("to", to);
      ino_t inode = from == MISSING ? 0 : status_of("from").st_ino;
      int expected = expected_error(from, to);
      int actual = rename("from", "to") == 0 ? 0 : errno;
      if (actual != expected)
        fail(__FILE__, __LINE__, "%s: %s and not %s", directory, strerrorname_np(actual),
             strerrorname_np(expected));
      if (expected == 0) {
        CHECK(!exists("from"));
        EQUAL(inode, status_of("to").st_ino);
        EQUAL(1, count_entries("."));
        if (from == FULL) expect_content("to/below", "from");
      } else {
        CHECK(exists("from") == (from != MISSING));
        CHECK(exists("to") == (to != MISSING));
      }
      OK(chdir(".."));
    }
  }
}

CASE(rename_ontoOpenFile_keepsHandleReadable) {
  make_file("new", "new");
  make_file("old", "old");
  int fd = (int)OK(open("old", O_RDONLY));
  OK(rename("new", "old"));
  expect_descriptor(fd, "old");
  expect_content("old", "new");
  struct stat status;
  OK(fstat(fd, &status));
  EQUAL(0, status.st_nlink);
  EQUAL(1, count_entries("."));
}

CASE(rename_ofOpenFile_keepsHandleWritable) {
  int fd = (int)OK(open("a", O_CREAT | O_RDWR, 0644));
  OK(rename("a", "b"));
  EQUAL(4, write(fd, "data", 4));
  expect_content("b", "data");
}

CASE(rename_betweenNamesOfOneFile_doesNothing) {
  make_file("a", "x");
  OK(link("a", "b"));
  OK(rename("a", "b"));
  CHECK(exists("a") && exists("b"));
  EQUAL(2, status_of("a").st_nlink);
  OK(rename("a", "a"));
  CHECK(exists("a"));
}

CASE(rename_intoItself_isEINVAL) {
  OK(mkdir("a", 0755));
  OK(mkdir("a/b", 0755));
  FAILS(EINVAL, rename("a", "a/c"));
  FAILS(EINVAL, rename("a", "a/b/c"));
  FAILS(ENOTEMPTY, rename("a/b", "a"));
  FAILS(EBUSY, rename("a/.", "c"));
  FAILS(EBUSY, rename("a/b/..", "c"));
}

CASE(rename_ofDirectory_movesItsDotDotAndLinkCounts) {
  OK(mkdir("a", 0755));
  OK(mkdir("b", 0755));
  OK(mkdir("a/moved", 0755));
  make_file("a/moved/file", "content");
  EQUAL(3, status_of("a").st_nlink);
  EQUAL(2, status_of("b").st_nlink);
  OK(rename("a/moved", "b/moved"));
  EQUAL(2, status_of("a").st_nlink);
  EQUAL(3, status_of("b").st_nlink);
  EQUAL(status_of("b").st_ino, status_of("b/moved/..").st_ino);
  expect_content("b/moved/file", "content");
  FAILS(ENOENT, open("a/moved/file", O_RDONLY));
}

CASE(rename_touchesBothDirectoriesAndTheFile) {
  OK(mkdir("a", 0755));
  OK(mkdir("b", 0755));
  make_file("a/f", "x");
  struct stat a = status_of("a"), b = status_of("b"), f = status_of("a/f");
  let_time_pass();
  OK(rename("a/f", "b/f"));
  CHECK(nanos(status_of("a").st_mtim) > nanos(a.st_mtim));
  CHECK(nanos(status_of("b").st_mtim) > nanos(b.st_mtim));
  CHECK(nanos(status_of("b/f").st_ctim) > nanos(f.st_ctim));
  EQUAL(nanos(f.st_mtim), nanos(status_of("b/f").st_mtim));
}

CASE(rename_trailingSlash_meansDirectory) {
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  FAILS(ENOTDIR, rename("file/", "other"));
  FAILS(ENOTDIR, rename("file", "other/"));
  OK(rename("directory", "renamed/"));
  CHECK(exists("renamed"));
}

CASE(rename_whileOthersLook_neverShowsNothing) {
  make_file("target", "0");
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    for (int i = 0; i < 3000; i++) {
      int fd = (int)OK(open("target", O_RDONLY));
      struct stat status;
      OK(fstat(fd, &status));
      CHECK(status.st_size >= 1);
      OK(close(fd));
    }
    _exit(0);
  }
  int status, rounds = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    make_file("temporary", "another content");
    OK(rename("temporary", "target"));
    rounds++;
  }
  CHECK(WIFEXITED(status));
  EQUAL(0, WEXITSTATUS(status));
  CHECK(rounds > 5);
}
