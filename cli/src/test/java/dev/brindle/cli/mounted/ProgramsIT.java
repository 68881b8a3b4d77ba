package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Programs that people use, on a mount, compared with what they do elsewhere. */
final class ProgramsIT {
  @RegisterExtension static final MountedStore STORE = new MountedStore();

  /** A tree of files of many sizes, outside the mount. */
  @TempDir static Path source;

  private static final String CHECKSUMS = "find . -type f -exec sha256sum {} + | sort -k 2";

  @BeforeAll
  static void makeSource() {
    Shell.in(source)
        .ok(
            """
            for d in a b c d e f; do
              mkdir -p $d/deep/er
              for i in $(seq 60); do
                seq $((i * i)) > $d/$i.txt
                head -c $((i * 1000)) /dev/urandom > $d/deep/$i.bin
                ln -s ../../$i.txt $d/deep/er/$i.link
              done
              ln $d/1.txt $d/deep/hard
            done
            mkdir empty; : > empty-file
            truncate -s 10M sparse; printf end >> sparse
            head -c 20000000 /dev/urandom > large
            setfattr -n user.comment -v 'kept by tar' a/1.txt
            chmod 4750 b/2.txt; chmod 1777 empty
            touch -d '1999-12-31 23:59:59.987654321' c/3.txt
            printf 'odd' > "$(printf 'na\\nme \\377')"
            """);
  }

  @Test
  void tar_roundTrip() throws IOException {
    Path there = STORE.directory("tar");
    Shell.in(there)
        .with("SOURCE", source)
        .ok(
            """
            tar -C "$SOURCE" --xattrs -cf ../source.tar .
            tar --xattrs -xpf ../source.tar
            tar --xattrs -df ../source.tar
            tar --xattrs -cf ../again.tar .
            """);
    assertSameTree(source, there);
    Path back = Files.createTempDirectory(STORE.base(), "back");
    Shell.in(back).ok("tar --xattrs -xpf ../mnt/again.tar");
    assertSameTree(source, back);
    assertEquals(
        "kept by tar", Shell.in(back).ok("getfattr --only-values -n user.comment a/1.txt"));
  }

  @Test
  void rsync_roundTrip() throws IOException {
    Path there = STORE.directory("rsync");
    Shell shell = Shell.in(there).with("SOURCE", source);
    shell.ok("rsync -aHXS \"$SOURCE/\" .");
    assertSameTree(source, there);
    assertEquals("", shell.ok("rsync -aHXSci --delete \"$SOURCE/\" ."));
    shell.ok(
        "rm -r a; seq 100 > b/3.txt; rsync -aHXS --delete --inplace --no-whole-file \"$SOURCE/\""
            + " .");
    assertSameTree(source, there);
    Path back = Files.createTempDirectory(STORE.base(), "back");
    Shell.in(back).ok("rsync -aHXS ../mnt/rsync/ .");
    assertSameTree(source, back);
  }

  @Test
  void cpAndDiff_agreeWithASnapshot() throws IOException {
    Path there = STORE.directory("cp");
    Shell.in(there)
        .with("SOURCE", source)
        .ok(
            """
            cp -a "$SOURCE/." .
            mkdir .snapshots/copied
            rm -r a b; mv c renamed; seq 5 > d/4.txt; find e -type f -exec truncate -s 3 {} +
            """);
    Path past = there.resolve(".snapshots/copied");
    assertSameTree(source, past);
    Shell.in(there)
        .with("SOURCE", source)
        .ok("diff -r --no-dereference \"$SOURCE\" .snapshots/copied");
    Shell.in(there)
        .ok("cp -a .snapshots/copied/a .snapshots/copied/b . && diff -r a .snapshots/copied/a");
    STORE.remount();
    assertSameTree(source, past);
    Shell.in(there).ok("rmdir .snapshots/copied");
  }

  private static void assertSameTree(Path expected, Path actual) {
    String shape =
        "find . -mindepth 1 -printf '%p %y %s %n %m %l\\n"
            + "' | sort | sed 's/^\\(.* d\\) [0-9]* [0-9]*/\\1/'";
    assertEquals(Shell.in(expected).ok(shape), Shell.in(actual).ok(shape));
    assertEquals(Shell.in(expected).ok(CHECKSUMS), Shell.in(actual).ok(CHECKSUMS));
    String times = "find . -type f -printf '%p %T@\\n' | sort";
    assertEquals(Shell.in(expected).ok(times), Shell.in(actual).ok(times));
  }

  @Test
  void git_cloneCommitGcFsck() throws IOException {
    Path there = STORE.directory("git");
    Shell.in(there)
        .with("GIT_CONFIG_NOSYSTEM", 1)
        .with("HOME", there)
        .with("SOURCE", source)
        .ok(
            """
            git config --global user.name Tester
            git config --global user.email tester@example.org
            git config --global init.defaultBranch main
            git config --global core.fsync all
            mkdir origin; cd origin; git init -q .
            cp -a "$SOURCE/a" "$SOURCE/b" .
            git add -A; git commit -qm first
            for i in $(seq 15); do
              seq $i 1000 > a/changing.txt
              git mv a/$i.txt b/moved-$i.txt
              git add -A; git commit -qm "commit $i"
            done
            git checkout -qb side HEAD~5; echo side > side.txt; git add -A; git commit -qm side
            git checkout -q main; git merge -q -m merged side
            cd ..
            git clone -q --no-local origin copy
            cd copy
            test "$(git rev-parse HEAD)" = "$(git -C ../origin rev-parse HEAD)"
            test -z "$(git status --porcelain)"
            mkdir ../.snapshots/before-gc
            git gc -q --aggressive --prune=now
            git fsck --full --strict
            git -C ../origin repack -qad; git -C ../origin fsck --full
            git clone -q ../.snapshots/before-gc/copy ../from-the-past
            git -C ../from-the-past fsck --full
            git stash list; git worktree add -q ../worktree HEAD~3
            git -C ../worktree status --porcelain
            """);
    Shell.in(there).ok("rmdir .snapshots/before-gc");
  }

  @Test
  void make_buildsAProgramAndNothingTwice() throws IOException {
    Path there = STORE.directory("make");
    String built =
        Shell.in(there)
            .ok(
                """
                printf 'CFLAGS=-O1\\nOBJECTS=%s main.o\\n' "$(seq -f 'f%g.o' -s ' ' 40)" > Makefile
                printf 'program: $(OBJECTS)\\n\\tar rcs all.a $(OBJECTS)\\n' >> Makefile
                printf '\\t$(CC) -o $@ all.a\\n%%.o: %%.c all.h\\n\\t$(CC) $(CFLAGS) -c $<\\n' >> Makefile
                for i in $(seq 40); do
                  echo "int f$i(void);" >> all.h
                  printf '#include "all.h"\\nint f%d(void) { return %d; }\\n' $i $i > f$i.c
                done
                { echo '#include "all.h"'; echo '#include <stdio.h>'; echo 'int main(void) { int s = 0;'
                  for i in $(seq 40); do echo "s += f$i();"; done
                  echo 'printf("%d", s); return 0; }'; } > main.c
                make -s -j4
                ./program
                """);
    assertEquals("820", built);
    assertEquals("make: 'program' is up to date.", Shell.in(there).ok("make"));
    Shell.in(there).ok("sleep 0.02; touch f7.c");
    assertEquals("cc -O1 -c f7.c", Shell.in(there).ok("make -n | head -1"));
    Path clone = STORE.path(".clones/make");
    Files.createDirectory(clone);
    Shell.in(clone.resolve("make"))
        .ok("make -s clean || true; rm *.o program; make -s -j2; ./program");
    assertTrue(Files.exists(there.resolve("f1.o")));
    Shell.in(STORE.root()).ok("rmdir .clones/make");
  }
}
