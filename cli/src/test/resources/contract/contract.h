// The harness of the contract: cases that register themselves, each run in a process and a
// directory of its own, and the checks they are made of.
#ifndef CONTRACT_H
#define CONTRACT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A user and a group who are nobody's friends.
#define STRANGER 65534
#define OTHER_STRANGER 65533

void add_case(const char *name, void (*run)(void));
_Noreturn void fail(const char *file, int line, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

// The mount's root, which is also the volume's.
extern const char *mount_root;

// A case: CASE(unlink_ofOpenFile_keepsData) { ... }
#define CASE(name)                                                                  \
  static void name(void);                                                           \
  __attribute__((constructor)) static void register_##name(void) {                  \
    add_case(#name, name);                                                          \
  }                                                                                 \
  static void name(void)

#define CHECK(condition)                                                            \
  do {                                                                              \
    if (!(condition)) fail(__FILE__, __LINE__, "%s", #condition);                   \
  } while (0)

#define EQUAL(expected, actual)                                                     \
  do {                                                                              \
    long long expected_ = (long long)(expected), actual_ = (long long)(actual);     \
    if (expected_ != actual_)                                                       \
      fail(__FILE__, __LINE__, "%s is %lld and not %lld", #actual, actual_, expected_); \
  } while (0)

// The call succeeds; its result.
#define OK(call)                                                                    \
  ({                                                                                \
    long long result_ = (long long)(call);                                          \
    if (result_ == -1)                                                              \
      fail(__FILE__, __LINE__, "%s: %s", #call, strerrorname_np(errno));            \
    result_;                                                                        \
  })

// The call fails with this error.
#define FAILS(error, call)                                                          \
  do {                                                                              \
    errno = 0;                                                                      \
    long long result_ = (long long)(call);                                          \
    if (result_ != -1)                                                              \
      fail(__FILE__, __LINE__, "%s returned %lld and not %s", #call, result_, #error); \
    if (errno != (error))                                                           \
      fail(__FILE__, __LINE__, "%s: %s and not %s", #call, strerrorname_np(errno), #error); \
  } while (0)

// Runs a block as a stranger in a process of its own, and fails when it does.
#define AS_STRANGER for (int once_ = begin_stranger(); once_; end_stranger())
int begin_stranger(void);
_Noreturn void end_stranger(void);

// Waits for a child and fails unless it exited with zero.
void await_child(pid_t child);

// Makes a file with this content.
void make_file(const char *path, const char *content);
// Fails unless the file has exactly this content.
void expect_content(const char *path, const char *content);
// As expect_content, through an open descriptor, from the beginning.
void expect_descriptor(int fd, const char *content);

struct stat status_of(const char *path);   // lstat
bool exists(const char *path);              // lstat
int count_entries(const char *path);        // without . and ..
bool is_listed(const char *path, const char *name);

void skip(const char *reason);

static inline long long nanos(struct timespec time) {
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// Waits until a time stamp taken now differs from one taken before.
void let_time_pass(void);

#endif
