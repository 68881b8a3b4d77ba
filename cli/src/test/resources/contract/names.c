// Names are bytes.
#include "contract.h"

CASE(names_ofEverySingleByte) {
  char name[2] = "x";
  int made = 0;
  for (int byte = 1; byte < 256; byte++) {
    if (byte == '/' || byte == '.') continue;
    name[0] = (char)byte;
    char content[16];
    snprintf(content, sizeof content, "byte %d", byte);
    make_file(name, content);
    made++;
  }
  bool seen[256] = {false};
  DIR *directory = opendir(".");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    EQUAL(1, strlen(entry->d_name));
    CHECK(!seen[(unsigned char)entry->d_name[0]]);
    seen[(unsigned char)entry->d_name[0]] = true;
    made--;
  }
  EQUAL(0, made);
  for (int byte = 1; byte < 256; byte++) {
    if (!seen[byte]) continue;
    name[0] = (char)byte;
    char content[16];
    snprintf(content, sizeof content, "byte %d", byte);
    expect_content(name, content);
    OK(unlink(name));
  }
  EQUAL(0, count_entries("."));
}

CASE(names_ofInvalidUtf8_stayApart) {
  const char *const names[] = {"\xff\xfe\x31", "\xfe\xff\x31", "\xc3", "\xc3\xa4", "a\xcc\x88",
                               "\xe4",         "\xed\xa0\x80", "?",    "\xef\xbf\xbd"};
  const int count = sizeof names / sizeof *names;
  for (int i = 0; i < count; i++) make_file(names[i], names[i]);
  EQUAL(count, count_entries("."));
  for (int i = 0; i < count; i++) {
    expect_content(names[i], names[i]);
    CHECK(is_listed(".", names[i]));
  }
}

CASE(names_differByCase) {
  make_file("name", "lower");
  make_file("NAME", "upper");
  expect_content("name", "lower");
  expect_content("NAME", "upper");
}

CASE(names_of255Bytes_andNotOneMore) {
  char name[300];
  memset(name, 'n', sizeof name);
  name[255] = 0;
  make_file(name, "long");
  CHECK(is_listed(".", name));
  expect_content(name, "long");
  char other[300];
  memcpy(other, name, sizeof name);
  other[254] = 'm';
  OK(rename(name, other));
  OK(mkdir(name, 0755));
  name[255] = 'n';
  name[256] = 0;
  FAILS(ENAMETOOLONG, open(name, O_CREAT | O_WRONLY, 0644));
  FAILS(ENAMETOOLONG, mkdir(name, 0755));
  FAILS(ENAMETOOLONG, rename(other, name));
  FAILS(ENAMETOOLONG, symlink("x", name));
  FAILS(ENAMETOOLONG, link(other, name));
  FAILS(ENAMETOOLONG, mkfifo(name, 0644));
  struct stat status;
  FAILS(ENAMETOOLONG, stat(name, &status));
}

CASE(paths_ofPathMax_andTreesBeyond) {
  char path[PATH_MAX + 10] = "";
  size_t length = 0;
  while (length + 201 < PATH_MAX - 1) {
    if (length > 0) path[length++] = '/';
    memset(path + length, 'p', 200);
    length += 200;
    path[length] = 0;
    OK(mkdir(path, 0755));
  }
  size_t rest = PATH_MAX - 1 - length - 1;
  path[length++] = '/';
  memset(path + length, 'f', rest);
  length += rest;
  path[length] = 0;
  EQUAL(PATH_MAX - 1, length);
  make_file(path, "deep");
  expect_content(path, "deep");
  path[length++] = 'g';
  path[length] = 0;
  FAILS(ENAMETOOLONG, open(path, O_RDONLY));
  // A tree deeper than any path can say.
  OK(mkdir("deep", 0755));
  OK(chdir("deep"));
  char name[256];
  memset(name, 'd', 255);
  name[255] = 0;
  for (int i = 0; i < 100; i++) {
    OK(mkdir(name, 0755));
    OK(chdir(name));
  }
  make_file("bottom", "x");
  OK(unlink("bottom"));
  for (int i = 0; i < 100; i++) {
    OK(chdir(".."));
    OK(rmdir(name));
  }
}
