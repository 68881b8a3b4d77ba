// What a user may do who is neither the owner nor root.
#include "contract.h"

#include <grp.h>

static void need_root(void) {
  if (geteuid() != 0) skip("needs root, and a mount that lets others in");
}

CASE(permissions_modesDecide) {
  need_root();
  make_file("private", "x");
  OK(chmod("private", 0600));
  make_file("readable", "x");
  OK(mkdir("closed", 0711));
  make_file("closed/inside", "x");
  OK(mkdir("locked", 0700));
  make_file("locked/inside", "x");
  AS_STRANGER {
    FAILS(EACCES, open("private", O_RDONLY));
    OK(open("readable", O_RDONLY));
    FAILS(EACCES, open("readable", O_WRONLY));
    FAILS(EACCES, open("new", O_CREAT | O_WRONLY, 0644));
    FAILS(EACCES, mkdir("new", 0755));
    FAILS(EACCES, unlink("readable"));
    FAILS(EACCES, rename("readable", "renamed"));
    FAILS(EACCES, symlink("x", "link"));
    FAILS(EACCES, truncate("readable", 0));
    CHECK(opendir("closed") == NULL && errno == EACCES);
    OK(open("closed/inside", O_RDONLY));
    FAILS(EACCES, open("locked/inside", O_RDONLY));
    struct stat status;
    FAILS(EACCES, stat("locked/inside", &status));
    FAILS(EACCES, access("private", R_OK));
    OK(access("readable", R_OK));
    FAILS(EACCES, access("readable", W_OK));
  }
  expect_content("readable", "x");
}

CASE(permissions_oneUsersAnswerIsNotAnothers) {
  need_root();
  make_file("private", "x");
  OK(chmod("private", 0600));
  for (int i = 0; i < 20; i++) {
    OK(close((int)OK(open("private", O_RDONLY))));
    AS_STRANGER { FAILS(EACCES, open("private", O_RDONLY)); }
  }
}

CASE(permissions_groupsCount) {
  need_root();
  make_file("file", "x");
  OK(chown("file", 0, OTHER_STRANGER));
  OK(chmod("file", 0660));
  AS_STRANGER { FAILS(EACCES, open("file", O_RDWR)); }
  pid_t child = (pid_t)OK(fork());
  if (child == 0) {
    gid_t groups[] = {OTHER_STRANGER};
    OK(setgroups(1, groups));
    OK(setresgid(STRANGER, STRANGER, STRANGER));
    OK(setresuid(STRANGER, STRANGER, STRANGER));
    OK(open("file", O_RDWR));
    _exit(0);
  }
  await_child(child);
}

CASE(permissions_attributesAreTheOwners) {
  need_root();
  OK(chmod(".", 0777));
  make_file("file", "x");
  OK(chmod("file", 0666));
  AS_STRANGER {
    FAILS(EPERM, chmod("file", 0777));
    FAILS(EPERM, chown("file", STRANGER, STRANGER));
    struct timespec times[2] = {{1, 1}, {2, 2}};
    FAILS(EPERM, utimensat(AT_FDCWD, "file", times, 0));
    OK(utimensat(AT_FDCWD, "file", NULL, 0));
    make_file("mine", "x");
    struct stat status = status_of("mine");
    EQUAL(STRANGER, status.st_uid);
    EQUAL(STRANGER, status.st_gid);
    OK(chmod("mine", 0640));
    OK(chown("mine", STRANGER, STRANGER));
    FAILS(EPERM, chown("mine", 0, -1));
    FAILS(EPERM, chown("mine", -1, OTHER_STRANGER));
    FAILS(EPERM, mknod("device", S_IFCHR | 0600, 0x103));
  }
}

CASE(sticky_keepsOthersFiles) {
  need_root();
  OK(mkdir("shared", 0777));
  OK(chmod("shared", 01777));
  make_file("shared/roots", "x");
  OK(chmod("shared/roots", 0666));
  AS_STRANGER {
    FAILS(EPERM, unlink("shared/roots"));
    FAILS(EPERM, rename("shared/roots", "shared/renamed"));
    make_file("shared/mine", "x");
    FAILS(EPERM, rename("shared/mine", "shared/roots"));
    OK(rename("shared/mine", "shared/renamed"));
    OK(unlink("shared/renamed"));
  }
}

CASE(setgid_ofDirectory_isInherited) {
  need_root();
  OK(mkdir("directory", 0755));
  OK(chown("directory", 0, OTHER_STRANGER));
  OK(chmod("directory", 02777));
  AS_STRANGER {
    make_file("directory/file", "x");
    EQUAL(OTHER_STRANGER, status_of("directory/file").st_gid);
    OK(mkdir("directory/below", 0755));
    EQUAL(OTHER_STRANGER, status_of("directory/below").st_gid);
    EQUAL(S_IFDIR | 02755, status_of("directory/below").st_mode);
    OK(symlink("x", "directory/link"));
    EQUAL(OTHER_STRANGER, status_of("directory/link").st_gid);
    OK(mkfifo("directory/fifo", 0644));
    EQUAL(OTHER_STRANGER, status_of("directory/fifo").st_gid);
  }
}

CASE(setuid_goesWithAWrite) {
  need_root();
  OK(chmod(".", 0777));
  AS_STRANGER {
    make_file("file", "x");
    OK(chmod("file", 06755));
    EQUAL(S_IFREG | 06755, status_of("file").st_mode);
    int fd = (int)OK(open("file", O_WRONLY));
    EQUAL(1, write(fd, "y", 1));
    OK(close(fd));
    EQUAL(S_IFREG | 0755, status_of("file").st_mode);
    OK(chmod("file", 06755));
    OK(truncate("file", 0));
    EQUAL(S_IFREG | 0755, status_of("file").st_mode);
  }
}

CASE(setuid_goesWithAChangeOfOwner) {
  need_root();
  make_file("file", "x");
  OK(chmod("file", 06755));
  OK(chown("file", STRANGER, STRANGER));
  EQUAL(S_IFREG | 0755, status_of("file").st_mode);
  EQUAL(STRANGER, status_of("file").st_uid);
}

CASE(setgid_goesWithChmodOfAForeignGroup) {
  need_root();
  make_file("file", "x");
  OK(chown("file", STRANGER, OTHER_STRANGER));
  AS_STRANGER {
    OK(chmod("file", 02755));
    EQUAL(S_IFREG | 0755, status_of("file").st_mode);
  }
}

CASE(chown_ofLink_changesTheLink) {
  need_root();
  make_file("file", "x");
  OK(symlink("file", "link"));
  OK(lchown("link", STRANGER, OTHER_STRANGER));
  EQUAL(STRANGER, status_of("link").st_uid);
  EQUAL(0, status_of("file").st_uid);
  OK(chown("file", 4294967294u, 4294967293u));
  EQUAL(4294967294u, status_of("file").st_uid);
  EQUAL(4294967293u, status_of("file").st_gid);
}
