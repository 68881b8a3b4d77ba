package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InodeNumbersTest extends MountFixture {
  private static final List<String> PATHS =
      List.of(
          "/",
          "/d",
          "/d/f",
          "/.snapshots",
          "/.clones",
          "/d/.snapshots",
          "/.snapshots/s",
          "/.snapshots/s/d",
          "/.snapshots/s/d/f",
          "/.snapshots/s/.clones",
          "/.snapshots/t",
          "/.snapshots/t/d",
          "/.snapshots/t/.clones",
          "/.clones/c",
          "/.clones/c/d",
          "/.clones/c/d/f",
          "/.clones/c/.snapshots",
          "/.clones/c/.clones",
          "/.clones/c/d/.snapshots",
          "/.clones/c/.snapshots/u",
          "/.clones/c/.snapshots/u/d",
          "/.clones/c/.snapshots/u/.clones");

  private void populate() throws IOException {
    mkdir("/d");
    write("/d/f", "text");
    mkdir("/.snapshots/s");
    mkdir("/.snapshots/t");
    mkdir("/.clones/c");
    mkdir("/.clones/c/.snapshots/u");
  }

  private Map<String, Long> numbers(List<String> paths) throws IOException {
    Map<String, Long> numbers = new LinkedHashMap<>();
    for (String path : paths) {
      numbers.put(path, inode(path));
    }
    return numbers;
  }

  @Test
  void numbers_areDifferentForAllFiles() throws IOException {
    populate();
    Set<Long> numbers = new HashSet<>(numbers(PATHS).values());
    assertEquals(PATHS.size(), numbers.size());
    assertTrue(numbers.stream().allMatch(number -> number > 0));
  }

  @Test
  void numbers_areTheSameAfterARemount() throws IOException {
    populate();
    Map<String, Long> before = numbers(PATHS);
    List<String> backwards = new ArrayList<>(PATHS);
    java.util.Collections.reverse(backwards);
    remount(NamespaceOptions.defaults());
    assertEquals(before, numbers(backwards));
  }

  @Test
  void numbers_ofTheMountedVolume_areThoseOfItsInodes() throws IOException {
    populate();
    assertEquals(1, inode("/"));
    assertEquals(opened.store().open(opened.volume()).lookup(1, Name.of("d")).inode(), inode("/d"));
  }

  @Test
  void readdir_givesTheNumbersThatStatShows() throws IOException {
    populate();
    for (String path : PATHS) {
      if (path.endsWith("f")) {
        continue;
      }
      String prefix = path.equals("/") ? "/" : path + "/";
      for (Map.Entry<String, Long> entry : listInodes(path).entrySet()) {
        String name = entry.getKey();
        if (!name.equals("..")) {
          assertEquals(inode(prefix + name), entry.getValue(), prefix + name);
        }
      }
    }
  }

  @Test
  void dotDot_isTheDirectoryAbove() throws IOException {
    populate();
    Map<String, String> above =
        Map.ofEntries(
            Map.entry("/", "/"),
            Map.entry("/d", "/"),
            Map.entry("/.snapshots", "/"),
            Map.entry("/.clones", "/"),
            Map.entry("/d/.snapshots", "/d"),
            Map.entry("/.snapshots/s", "/.snapshots"),
            Map.entry("/.snapshots/s/d", "/.snapshots/s"),
            Map.entry("/.snapshots/s/.clones", "/.snapshots/s"),
            Map.entry("/.clones/c", "/.clones"),
            Map.entry("/.clones/c/.snapshots/u", "/.clones/c/.snapshots"),
            Map.entry("/.clones/c/d/.snapshots", "/.clones/c/d"));
    for (Map.Entry<String, String> entry : above.entrySet()) {
      String path = entry.getKey();
      assertEquals(inode(entry.getValue()), listInodes(path).get(".."), path);
      assertEquals(node(entry.getValue()), node(path + "/.."), path);
      assertEquals(node(path), node(path + "/."), path);
    }
  }

  @Test
  void dotDot_ofAMountedClonesRoot_isItself() throws IOException {
    populate();
    long id = opened.store().clone(opened.volume(), Name.of("c")).orElseThrow().id();
    mount.close();
    mount = Namespace.open(opened.store(), id, NamespaceOptions.defaults(), new ChangeFeed());
    assertEquals(1, listInodes("/").get(".."));
    assertEquals(InodeFileSystem.ROOT_NODE, node("/.."));
    assertEquals(InodeFileSystem.ROOT_NODE, node("/.snapshots/u/../.."));
  }
}
