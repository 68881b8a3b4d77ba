// Reading directories, also while they change.
#include "contract.h"

static void make_entries(const char *prefix, int from, int to) {
  char name[64];
  for (int i = from; i < to; i++) {
    snprintf(name, sizeof name, "%s%06d", prefix, i);
    OK(close((int)OK(open(name, O_CREAT | O_WRONLY, 0644))));
  }
}

static int number_in(const char *name, const char *prefix) {
  size_t length = strlen(prefix);
  return strncmp(name, prefix, length) == 0 ? atoi(name + length) : -1;
}

CASE(readdir_showsEverythingOnce) {
  enum { COUNT = 5000 };
  make_entries("entry", 0, COUNT);
  static bool seen[COUNT];
  int dots = 0;
  DIR *directory = opendir(".");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    int number = number_in(entry->d_name, "entry");
    if (number < 0) {
      CHECK(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
      dots++;
      continue;
    }
    CHECK(!seen[number]);
    seen[number] = true;
  }
  EQUAL(2, dots);
  for (int i = 0; i < COUNT; i++) CHECK(seen[i]);
}

CASE(readdir_whileChanging_showsWhatStaysOnce) {
  enum { COUNT = 6000 };
  make_entries("stays", 0, COUNT);
  make_entries("goes", 0, 2000);
  static bool seen[COUNT];
  DIR *directory = opendir(".");
  int read_count = 0, changes = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    int number = number_in(entry->d_name, "stays");
    if (number >= 0) {
      CHECK(!seen[number]);
      seen[number] = true;
    }
    if (++read_count % 3 == 0 && changes < 2000) {
      char name[64];
      snprintf(name, sizeof name, "goes%06d", changes);
      OK(unlink(name));
      make_entries("comes", changes, changes + 1);
      changes++;
    }
  }
  for (int i = 0; i < COUNT; i++) CHECK(seen[i]);
  EQUAL(COUNT + 2000, count_entries("."));
}

CASE(readdir_whileRemovingWhatItShows_removesAll) {
  make_entries("entry", 0, 5000);
  DIR *directory = opendir(".");
  int removed = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (number_in(entry->d_name, "entry") < 0) continue;
    OK(unlink(entry->d_name));
    removed++;
  }
  EQUAL(5000, removed);
  EQUAL(0, count_entries("."));
}

CASE(seekdir_returnsToWhereItWas) {
  make_entries("entry", 0, 3000);
  static char names[3100][32];
  static long places[3100];
  DIR *directory = opendir(".");
  int count = 0;
  for (;;) {
    places[count] = telldir(directory);
    struct dirent *entry = readdir(directory);
    if (entry == NULL) break;
    snprintf(names[count++], sizeof *names, "%.31s", entry->d_name);
  }
  EQUAL(3002, count);
  make_entries("later", 0, 50);
  for (int i = count - 1; i >= 0; i -= 97) {
    seekdir(directory, places[i]);
    struct dirent *entry;
    do {
      entry = readdir(directory);
      CHECK(entry != NULL);
    } while (number_in(entry->d_name, "later") >= 0);
    if (strcmp(entry->d_name, names[i]) != 0)
      fail(__FILE__, __LINE__, "%s and not %s", entry->d_name, names[i]);
  }
}

CASE(rewinddir_showsWhatIsNew) {
  DIR *directory = opendir(".");
  while (readdir(directory) != NULL) {
  }
  make_file("new", "x");
  rewinddir(directory);
  bool found = false;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
    found |= strcmp(entry->d_name, "new") == 0;
  CHECK(found);
}

CASE(readdir_tellsKindsAndInodes) {
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  OK(symlink("file", "link"));
  OK(mkfifo("fifo", 0644));
  DIR *directory = opendir(".");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    struct stat status = status_of(entry->d_name);
    if (entry->d_type != DT_UNKNOWN) EQUAL(status.st_mode >> 12, entry->d_type);
    if (strcmp(entry->d_name, "..") != 0) EQUAL(status.st_ino, entry->d_ino);
  }
}

CASE(directory_linkCount_isTwoAndItsDirectories) {
  EQUAL(2, status_of(".").st_nlink);
  OK(mkdir("a", 0755));
  OK(mkdir("b", 0755));
  make_file("file", "x");
  EQUAL(4, status_of(".").st_nlink);
  EQUAL(2, status_of("a").st_nlink);
  OK(rmdir("a"));
  EQUAL(3, status_of(".").st_nlink);
}

CASE(mkdir_refusals) {
  make_file("file", "x");
  OK(mkdir("directory", 0755));
  FAILS(EEXIST, mkdir("file", 0755));
  FAILS(EEXIST, mkdir("directory", 0755));
  FAILS(EEXIST, mkdir(".", 0755));
  FAILS(ENOENT, mkdir("missing/directory", 0755));
  FAILS(ENOTDIR, mkdir("file/directory", 0755));
  OK(symlink("nowhere", "link"));
  FAILS(EEXIST, mkdir("link", 0755));
}
