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

// Counts each of the entries "stays" behind the stream's place, and which are shown.
static void read_rest(DIR *directory, bool *shown) {
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    int number = number_in(entry->d_name, "stays");
    if (number < 0) continue;
    if (shown[number]) fail(__FILE__, __LINE__, "%s is shown twice", entry->d_name);
    shown[number] = true;
  }
}

CASE(readdir_whoseLastEntryIsGone_goesOnAfterAnotherListing) {
  enum { COUNT = 3000, STREAMS = 8 };
  make_entries("stays", 0, COUNT);
  make_entries("goes", 0, COUNT);
  static bool shown[STREAMS][COUNT];
  DIR *streams[STREAMS];
  for (int s = 0; s < STREAMS; s++) {
    streams[s] = opendir(".");
    for (int i = 0; i < (s + 1) * 600; i++) {
      struct dirent *entry = readdir(streams[s]);
      CHECK(entry != NULL);
      int number = number_in(entry->d_name, "stays");
      if (number >= 0) shown[s][number] = true;
    }
  }
  // The last entries that the streams have got of the kernel are gone, or half of them.
  for (int i = 0; i < COUNT; i++) {
    char name[64];
    snprintf(name, sizeof name, "goes%06d", i);
    OK(unlink(name));
  }
  EQUAL(COUNT, count_entries("."));
  EQUAL(COUNT, count_entries("."));
  for (int s = 0; s < STREAMS; s++) {
    read_rest(streams[s], shown[s]);
    for (int i = 0; i < COUNT; i++) {
      if (!shown[s][i]) fail(__FILE__, __LINE__, "stays%06d is missed by stream %d", i, s);
    }
  }
}

CASE(seekdir_toAnEntryThatIsGone_goesOnBehindIt) {
  enum { COUNT = 2000, MARKS = 20 };
  make_entries("stays", 0, COUNT);
  make_entries("goes", 0, COUNT);
  static bool before[MARKS][COUNT];
  bool shown[COUNT] = {false};
  long places[MARKS];
  int marks = 0;
  DIR *directory = opendir(".");
  long start = telldir(directory);
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    int number = number_in(entry->d_name, "stays");
    if (number >= 0) {
      CHECK(!shown[number]);
      shown[number] = true;
    } else if (marks < MARKS && number_in(entry->d_name, "goes") % 90 == 0) {
      places[marks] = telldir(directory);
      memcpy(before[marks++], shown, sizeof shown);
    }
  }
  EQUAL(MARKS, marks);
  for (int i = 0; i < COUNT; i++) {
    char name[64];
    snprintf(name, sizeof name, "goes%06d", i);
    OK(unlink(name));
  }
  make_entries("comes", 0, 500);
  for (int round = 0; round < 3; round++) {
    // A whole listing on the stream, and one on another.
    seekdir(directory, start);
    memset(shown, 0, sizeof shown);
    read_rest(directory, shown);
    for (int i = 0; i < COUNT; i++) CHECK(shown[i]);
    EQUAL(COUNT + 500, count_entries("."));
    for (int mark = round; mark < MARKS; mark += 3) {
      seekdir(directory, places[mark]);
      memcpy(shown, before[mark], sizeof shown);
      read_rest(directory, shown);
      for (int i = 0; i < COUNT; i++) {
        if (!shown[i]) fail(__FILE__, __LINE__, "stays%06d is missed from %d on", i, mark);
      }
    }
  }
}

CASE(seekdir_whileNamesComeAndGo_showsWhatStaysOnce) {
  enum { STAY = 700, FLEETING = 900, MARKS = 40, STEPS = 6000 };
  make_entries("stays", 0, STAY);
  static bool fleeting[FLEETING], before[MARKS][STAY];
  bool shown[STAY] = {false};
  long places[MARKS];
  int marks = 0;
  unsigned seed = (unsigned)time(NULL);
  fprintf(stderr, "seed %u\n", seed);
  DIR *directory = opendir(".");
  for (int step = 0; step < STEPS; step++) {
    char name[64];
    int chosen = rand_r(&seed) % FLEETING, dice = rand_r(&seed) % 100;
    snprintf(name, sizeof name, "fleeting%06d", chosen);
    if (fleeting[chosen]) {
      OK(unlink(name));
    } else {
      make_file(name, "");
    }
    fleeting[chosen] = !fleeting[chosen];
    if (dice < 4) {
      int mark = marks < MARKS ? marks++ : rand_r(&seed) % MARKS;
      places[mark] = telldir(directory);
      memcpy(before[mark], shown, sizeof shown);
    } else if (dice < 6 && marks > 0) {
      int mark = rand_r(&seed) % marks;
      seekdir(directory, places[mark]);
      memcpy(shown, before[mark], sizeof shown);
    } else if (dice < 7) {
      count_entries(".");
    } else {
      struct dirent *entry = readdir(directory);
      if (entry == NULL) {
        for (int i = 0; i < STAY; i++) {
          if (!shown[i]) fail(__FILE__, __LINE__, "stays%06d is missed", i);
        }
        rewinddir(directory);
        memset(shown, 0, sizeof shown);
        marks = 0;
        continue;
      }
      int number = number_in(entry->d_name, "stays");
      if (number < 0) continue;
      if (shown[number]) fail(__FILE__, __LINE__, "%s is shown twice", entry->d_name);
      shown[number] = true;
    }
  }
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
