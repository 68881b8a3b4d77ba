// POSIX access control lists, which the kernel asks for and obeys.
#include "contract.h"

#include <grp.h>
#include <sys/xattr.h>

#define ACCESS "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"
#define NOBODY 0xffffffffu

enum { OWNER = 1, USER = 2, GROUP = 4, NAMED_GROUP = 8, MASK = 16, OTHERS = 32 };

typedef struct {
  uint16_t tag, permissions;
  uint32_t id;
} entry;

static int set_list(const char *path, const char *name, const entry *entries, size_t count) {
  char value[4 + 16 * sizeof(entry)] = {2, 0, 0, 0};
  memcpy(value + 4, entries, count * sizeof(entry));
  return setxattr(path, name, value, 4 + count * sizeof(entry), 0);
}

#define SET(path, name, ...)                                              \
  ({                                                                      \
    entry entries_[] = {__VA_ARGS__};                                     \
    set_list(path, name, entries_, sizeof entries_ / sizeof entries_[0]); \
  })

// The permissions of an entry; -1 when there is none.
static int permissions(const char *path, const char *name, int tag, uint32_t id) {
  char value[512];
  ssize_t length = getxattr(path, name, value, sizeof value);
  for (ssize_t at = 4; at < length; at += (ssize_t)sizeof(entry)) {
    entry found;
    memcpy(&found, value + at, sizeof found);
    if (found.tag == tag && (id == NOBODY || found.id == id)) return found.permissions;
  }
  return -1;
}

static void need_lists(void) {
  make_file("probe", "");
  if (SET("probe", ACCESS, {OWNER, 6, NOBODY}, {USER, 4, 1}, {GROUP, 4, NOBODY}, {MASK, 4, NOBODY},
          {OTHERS, 4, NOBODY}) == -1
      && errno == EOPNOTSUPP)
    skip("no access control lists here");
  OK(unlink("probe"));
}

static void need_root(void) {
  if (geteuid() != 0) skip("needs root, and a mount that lets others in");
  need_lists();
}

#define MODE(path) (status_of(path).st_mode & 07777)

CASE(extension_acl_setsTheMode_andFollowsChmod) {
  need_lists();
  make_file("f", "");
  OK(SET("f", ACCESS, {OWNER, 6, NOBODY}, {USER, 7, 5}, {GROUP, 4, NOBODY}, {MASK, 7, NOBODY},
         {OTHERS, 1, NOBODY}));
  EQUAL(0671, MODE("f"));
  OK(chmod("f", 0640));
  EQUAL(4, permissions("f", ACCESS, MASK, NOBODY));
  EQUAL(7, permissions("f", ACCESS, USER, 5));
  EQUAL(0, permissions("f", ACCESS, OTHERS, NOBODY));
  OK(SET("f", ACCESS, {OWNER, 6, NOBODY}, {GROUP, 0, NOBODY}, {OTHERS, 0, NOBODY}));
  EQUAL(0600, MODE("f"));
  FAILS(ENODATA, getxattr("f", ACCESS, NULL, 0));
  OK(removexattr("f", ACCESS));
}

CASE(extension_acl_malformed_isRefused) {
  need_lists();
  make_file("f", "");
  FAILS(EINVAL, SET("f", ACCESS, {OWNER, 6, NOBODY}, {GROUP, 4, NOBODY}));
  FAILS(EINVAL, SET("f", ACCESS, {OWNER, 6, NOBODY}, {USER, 6, 5}, {GROUP, 4, NOBODY},
                    {OTHERS, 4, NOBODY}));
  FAILS(EACCES, SET("f", DEFAULT, {OWNER, 6, NOBODY}, {GROUP, 4, NOBODY}, {OTHERS, 4, NOBODY}));
  EQUAL(0644, MODE("f"));
}

CASE(extension_acl_grantsAndDenies) {
  need_root();
  make_file("f", "text");
  OK(chmod("f", 0600));
  AS_STRANGER { FAILS(EACCES, open("f", O_RDONLY)); }
  OK(SET("f", ACCESS, {OWNER, 6, NOBODY}, {USER, 4, STRANGER}, {GROUP, 0, NOBODY},
         {MASK, 4, NOBODY}, {OTHERS, 0, NOBODY}));
  AS_STRANGER {
    expect_content("f", "text");
    FAILS(EACCES, open("f", O_RDWR));
    FAILS(EPERM, removexattr("f", ACCESS));
  }
  OK(SET("f", ACCESS, {OWNER, 6, NOBODY}, {USER, 0, STRANGER}, {GROUP, 4, NOBODY},
         {MASK, 4, NOBODY}, {OTHERS, 4, NOBODY}));
  AS_STRANGER { FAILS(EACCES, open("f", O_RDONLY)); }
  OK(chmod("f", 0644));
  AS_STRANGER { FAILS(EACCES, open("f", O_RDONLY)); }
  OK(removexattr("f", ACCESS));
  AS_STRANGER { expect_content("f", "text"); }
}

CASE(extension_acl_ofADirectory_isInherited) {
  need_lists();
  OK(mkdir("d", 0755));
  OK(SET("d", DEFAULT, {OWNER, 7, NOBODY}, {USER, 7, 5}, {GROUP, 5, NOBODY}, {MASK, 7, NOBODY},
         {OTHERS, 0, NOBODY}));
  umask(077);
  make_file("d/f", "");
  EQUAL(0640, MODE("d/f"));
  EQUAL(7, permissions("d/f", ACCESS, USER, 5));
  OK(mkdir("d/e", 0777));
  EQUAL(0770, MODE("d/e"));
  EQUAL(7, permissions("d/e", DEFAULT, USER, 5));
  OK(mkfifo("d/p", 0666));
  EQUAL(0660, MODE("d/p"));
  OK(symlink("f", "d/s"));
  int fd = open("d", O_TMPFILE | O_RDWR, 0666);
  if (fd != -1) {
    struct stat status;
    OK(fstat(fd, &status));
    EQUAL(S_IFREG | 0660, status.st_mode);
  }
  make_file("plain", "");
  EQUAL(0600, MODE("plain"));
}

CASE(extension_acl_setByWhoIsNotInTheGroup_takesSetGidAway) {
  need_root();
  OK(chmod(".", 0777));
  make_file("f", "");
  OK(chown("f", STRANGER, OTHER_STRANGER));
  OK(chmod("f", 02755));
  AS_STRANGER {
    OK(SET("f", ACCESS, {OWNER, 7, NOBODY}, {USER, 5, 5}, {GROUP, 5, NOBODY}, {MASK, 5, NOBODY},
           {OTHERS, 5, NOBODY}));
  }
  EQUAL(0755, MODE("f"));
  OK(chmod("f", 02755));
  OK(SET("f", ACCESS, {OWNER, 7, NOBODY}, {USER, 4, 5}, {GROUP, 5, NOBODY}, {MASK, 5, NOBODY},
         {OTHERS, 5, NOBODY}));
  EQUAL(02755, MODE("f"));
}

CASE(extension_acl_withdrawn_isWithdrawnInTheSnapshotsToo) {
  need_root();
  char past[PATH_MAX + 40], closed[PATH_MAX + 80];
  OK(mkdir("closed", 0700));
  make_file("closed/f", "secret");
  OK(SET("closed", ACCESS, {OWNER, 7, NOBODY}, {USER, 5, STRANGER}, {GROUP, 0, NOBODY},
         {MASK, 5, NOBODY}, {OTHERS, 0, NOBODY}));
  snprintf(past, sizeof past, "%s/.snapshots/acl", mount_root);
  OK(mkdir(past, 0755));
  snprintf(closed, sizeof closed, "closed/.snapshots/acl/f");
  AS_STRANGER { expect_content(closed, "secret"); }
  OK(SET("closed", ACCESS, {OWNER, 7, NOBODY}, {USER, 1, STRANGER}, {GROUP, 0, NOBODY},
         {MASK, 1, NOBODY}, {OTHERS, 0, NOBODY}));
  struct timespec second = {1, 100000000};
  OK(nanosleep(&second, NULL));
  AS_STRANGER {
    expect_content(closed, "secret");
    FAILS(EACCES, open("closed/.snapshots/acl", O_RDONLY | O_DIRECTORY));
  }
  EQUAL(1, permissions("closed/.snapshots/acl", ACCESS, USER, STRANGER));
  OK(removexattr("closed", ACCESS));
  OK(chmod("closed", 0700));
  OK(nanosleep(&second, NULL));
  AS_STRANGER { FAILS(EACCES, open(closed, O_RDONLY)); }
  OK(rmdir(past));
}

CASE(extension_acl_isKeptByTheTools) {
  need_lists();
  int status = system(
      "set -e; mkdir d; echo x > d/f; setfacl -m u:5:rwx,d:u:6:r-x,d:g:7:rw- d; "
      "setfacl -m u:8:r--,g:9:rw- d/f; chmod 640 d/f; "
      "list() { (cd $1 && getfacl -R -n . | grep -v '^# file'); }; list d > ../expected.$$; "
      "cp -a d copied; mkdir packed synced; tar --acls -cf - d | tar --acls -xf - -C packed; "
      "rsync -aA d/ synced/; for to in copied packed/d synced; do "
      "list $to | cmp - ../expected.$$; done; rm ../expected.$$; "
      "setfacl -b d/f; test $(stat -c %a d/f) = 640 || test $(stat -c %a d/f) = 600; "
      "test -z \"$(getfattr -d -m - d/f)\"");
  EQUAL(0, status);
}
