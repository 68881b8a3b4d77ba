// Extended attributes.
#include "contract.h"

#include <sys/xattr.h>

CASE(xattr_setGetListRemove) {
  make_file("file", "x");
  char buffer[256];
  FAILS(ENODATA, getxattr("file", "user.a", buffer, sizeof buffer));
  OK(setxattr("file", "user.a", "value\0with zero", 15, 0));
  EQUAL(15, getxattr("file", "user.a", buffer, sizeof buffer));
  CHECK(memcmp(buffer, "value\0with zero", 15) == 0);
  OK(setxattr("file", "user.b", "", 0, 0));
  EQUAL(0, getxattr("file", "user.b", buffer, sizeof buffer));
  ssize_t length = (ssize_t)OK(listxattr("file", buffer, sizeof buffer));
  EQUAL(14, length);
  EQUAL(14, listxattr("file", NULL, 0));
  EQUAL(15, getxattr("file", "user.a", NULL, 0));
  FAILS(ERANGE, getxattr("file", "user.a", buffer, 14));
  FAILS(ERANGE, listxattr("file", buffer, 13));
  OK(removexattr("file", "user.a"));
  FAILS(ENODATA, removexattr("file", "user.a"));
  EQUAL(7, listxattr("file", buffer, sizeof buffer));
  EQUAL(0, strcmp(buffer, "user.b"));
}

CASE(xattr_createAndReplace_areExact) {
  make_file("file", "x");
  FAILS(ENODATA, setxattr("file", "user.a", "1", 1, XATTR_REPLACE));
  OK(setxattr("file", "user.a", "1", 1, XATTR_CREATE));
  FAILS(EEXIST, setxattr("file", "user.a", "2", 1, XATTR_CREATE));
  OK(setxattr("file", "user.a", "34", 2, XATTR_REPLACE));
  char buffer[8];
  EQUAL(2, getxattr("file", "user.a", buffer, sizeof buffer));
}

CASE(xattr_limits) {
  make_file("file", "x");
  char *value = malloc(65537), *copy = malloc(65537);
  for (int i = 0; i < 65537; i++) value[i] = (char)(i * 31);
  OK(setxattr("file", "user.big", value, 65536, 0));
  EQUAL(65536, getxattr("file", "user.big", copy, 65537));
  CHECK(memcmp(value, copy, 65536) == 0);
  FAILS(E2BIG, setxattr("file", "user.bigger", value, 65537, 0));
  char name[300] = "user.";
  memset(name + 5, 'n', 251);
  name[255] = 0;
  OK(setxattr("file", name, "x", 1, 0));
  EQUAL(1, getxattr("file", name, copy, 10));
  name[255] = 'n';
  name[256] = 0;
  FAILS(ERANGE, setxattr("file", name, "x", 1, 0));
  FAILS(ERANGE, setxattr("file", "", "x", 1, 0));
  FAILS(EOPNOTSUPP, setxattr("file", "nonsense.a", "x", 1, 0));
  FAILS(EOPNOTSUPP, getxattr("file", "nonsense.a", copy, 10));
}

CASE(xattr_manyOnOneFile) {
  make_file("file", "x");
  char name[32], value[64];
  for (int i = 0; i < 500; i++) {
    snprintf(name, sizeof name, "user.%d", i);
    snprintf(value, sizeof value, "value %d", i * i);
    OK(setxattr("file", name, value, strlen(value), 0));
  }
  char *names = malloc(65536);
  ssize_t length = (ssize_t)OK(listxattr("file", names, 65536));
  int count = 0;
  for (char *at = names; at < names + length; at += strlen(at) + 1) count++;
  EQUAL(500, count);
  for (int i = 0; i < 500; i++) {
    char expected[64];
    snprintf(name, sizeof name, "user.%d", i);
    snprintf(expected, sizeof expected, "value %d", i * i);
    EQUAL(strlen(expected), getxattr("file", name, value, sizeof value));
    CHECK(memcmp(expected, value, strlen(expected)) == 0);
  }
}

CASE(xattr_followTheFileNotTheName) {
  make_file("file", "x");
  OK(setxattr("file", "user.a", "1", 1, 0));
  OK(link("file", "link"));
  OK(rename("file", "renamed"));
  char buffer[8];
  EQUAL(1, getxattr("link", "user.a", buffer, sizeof buffer));
  int fd = (int)OK(open("link", O_RDONLY));
  OK(unlink("link"));
  OK(unlink("renamed"));
  EQUAL(1, fgetxattr(fd, "user.a", buffer, sizeof buffer));
  make_file("renamed", "x");
  FAILS(ENODATA, getxattr("renamed", "user.a", buffer, sizeof buffer));
}

CASE(xattr_ofDirectoriesAndSpecialFiles) {
  OK(mkdir("directory", 0755));
  OK(setxattr("directory", "user.a", "1", 1, 0));
  char buffer[8];
  EQUAL(1, getxattr("directory", "user.a", buffer, sizeof buffer));
  OK(symlink("directory", "link"));
  OK(mkfifo("fifo", 0644));
  FAILS(EPERM, lsetxattr("link", "user.a", "1", 1, 0));
  FAILS(EPERM, setxattr("fifo", "user.a", "1", 1, 0));
}

CASE(xattr_trustedAndSecurity_areRoots) {
  if (geteuid() != 0) skip("needs root");
  make_file("file", "x");
  OK(symlink("file", "link"));
  OK(setxattr("file", "trusted.a", "1", 1, 0));
  OK(lsetxattr("link", "trusted.a", "22", 2, 0));
  OK(setxattr("file", "security.brindle", "333", 3, 0));
  char buffer[8];
  EQUAL(1, getxattr("file", "trusted.a", buffer, sizeof buffer));
  EQUAL(2, lgetxattr("link", "trusted.a", buffer, sizeof buffer));
  EQUAL(3, getxattr("file", "security.brindle", buffer, sizeof buffer));
  OK(chmod("file", 0666));
  AS_STRANGER {
    FAILS(EPERM, setxattr("file", "trusted.a", "1", 1, 0));
    FAILS(ENODATA, getxattr("file", "trusted.a", buffer, sizeof buffer));
    OK(setxattr("file", "user.a", "1", 1, 0));
  }
}

// The kernel obeys no lists on this mount, so none may seem to be kept.
