// Runs the cases: contract --list | contract MOUNT-ROOT CASE
#include "contract.h"

#include <grp.h>
#include <stdarg.h>

static struct {
  const char *name;
  void (*run)(void);
} cases[1000];
static int case_count;

const char *mount_root;

void add_case(const char *name, void (*run)(void)) {
  cases[case_count].name = name;
  cases[case_count++].run = run;
}

void fail(const char *file, int line, const char *what, ...) {
  va_list arguments;
  va_start(arguments, what);
  const char *slash = strrchr(file, '/');
  fprintf(stderr, "%s:%d: ", slash ? slash + 1 : file, line);
  vfprintf(stderr, what, arguments);
  fprintf(stderr, "\n");
  fflush(stderr);
  _exit(1);
}

void skip(const char *reason) {
  printf("skipped: %s\n", reason);
  fflush(stdout);
  _exit(77);
}

void await_child(pid_t child) {
  int status;
  if (waitpid(child, &status, 0) != child) fail(__FILE__, __LINE__, "no child");
  if (WIFSIGNALED(status)) fail(__FILE__, __LINE__, "child ended by %d", WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) _exit(WEXITSTATUS(status));
}

int begin_stranger(void) {
  fflush(NULL);
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    if (setgroups(0, NULL) || setresgid(STRANGER, STRANGER, STRANGER)
        || setresuid(STRANGER, STRANGER, STRANGER))
      fail(__FILE__, __LINE__, "cannot become a stranger");
    return 1;
  }
  await_child(child);
  return 0;
}

void end_stranger(void) { _exit(0); }

void make_file(const char *path, const char *content) {
  int fd = (int)OK(open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644));
  EQUAL(strlen(content), write(fd, content, strlen(content)));
  OK(close(fd));
}

void expect_descriptor(int fd, const char *content) {
  char buffer[1 << 16];
  ssize_t count = (ssize_t)OK(pread(fd, buffer, sizeof buffer, 0));
  if (count != (ssize_t)strlen(content) || memcmp(buffer, content, (size_t)count) != 0)
    fail(__FILE__, __LINE__, "content \"%.*s\" and not \"%s\"", (int)count, buffer, content);
}

void expect_content(const char *path, const char *content) {
  int fd = (int)OK(open(path, O_RDONLY));
  expect_descriptor(fd, content);
  OK(close(fd));
}

struct stat status_of(const char *path) {
  struct stat status;
  if (lstat(path, &status) != 0)
    fail(__FILE__, __LINE__, "lstat %s: %s", path, strerrorname_np(errno));
  return status;
}

bool exists(const char *path) {
  struct stat status;
  if (lstat(path, &status) == 0) return true;
  if (errno != ENOENT) fail(__FILE__, __LINE__, "lstat %s: %s", path, strerrorname_np(errno));
  return false;
}

static int scan(const char *path, const char *wanted) {
  DIR *directory = opendir(path);
  if (directory == NULL) fail(__FILE__, __LINE__, "opendir %s: %s", path, strerrorname_np(errno));
  int count = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (wanted == NULL || strcmp(entry->d_name, wanted) == 0) count++;
  }
  closedir(directory);
  return count;
}

int count_entries(const char *path) { return scan(path, NULL); }
bool is_listed(const char *path, const char *name) { return scan(path, name) > 0; }

void let_time_pass(void) { usleep(20000); }

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "--list") == 0) {
    for (int i = 0; i < case_count; i++) puts(cases[i].name);
    return 0;
  }
  if (count != 3) return 2;
  mount_root = arguments[1];
  umask(022);
  alarm(120);
  for (int i = 0; i < case_count; i++) {
    if (strcmp(cases[i].name, arguments[2]) != 0) continue;
    if (chdir(mount_root) != 0 || mkdir(cases[i].name, 0755) != 0 || chdir(cases[i].name) != 0)
      fail(__FILE__, __LINE__, "no directory for the case: %s", strerrorname_np(errno));
    cases[i].run();
    return 0;
  }
  fail(__FILE__, __LINE__, "there is no case %s", arguments[2]);
}
