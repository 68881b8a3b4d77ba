package dev.brindle.store;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that keeps a file's times: its data change none, and what it says is stored. */
class KeptTimesTest {
  private static final Timestamp LONG_AGO = new Timestamp(5, 1);
  private static final Timestamp LATER = new Timestamp(Timestamp.now().seconds() + 100, 2);

  @TempDir Path directory;
  private Store store;
  private WritableFileTree tree;
  private long file;

  @BeforeEach
  void create() throws IOException {
    Store.create(directory.resolve("store"), StoreOptions.defaults());
    open();
    store.createVolume(name("main"), 0, 0);
    tree = store.open(store.volume("main").id());
    file = file(tree, "f");
  }

  private void open() throws IOException {
    store = Store.open(directory.resolve("store"), StoreOptions.defaults());
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private void reopen() throws IOException {
    store.close();
    open();
    tree = store.open(store.volume("main").id());
  }

  private void writeBack(String text) throws IOException {
    tree.writeBack(file, 0, ByteBuffer.wrap(text.getBytes()));
  }

  private void assertTimes(Timestamp modified, Timestamp changed) throws IOException {
    InodeAttributes found = tree.lookup(ROOT, name("f"));
    assertEquals(modified, found.modificationTime());
    assertEquals(changed, found.changeTime());
  }

  @Test
  void writeBack_changesNoTimes() throws IOException {
    tree.setattr(file, new AttributeChange(null, null, null, null, null, LONG_AGO, LONG_AGO));
    writeBack("text");
    assertTimes(LONG_AGO, LONG_AGO);
    reopen();
    assertTimes(LONG_AGO, LONG_AGO);
    assertEquals(4, tree.lookup(ROOT, name("f")).size());
  }

  @Test
  void timeOfAWrite_isStored_beforeAndAfterTheData() throws IOException {
    writeBack("text");
    tree.setattr(file, AttributeChange.ofWrite(LATER));
    assertTimes(LATER, LATER);
    tree.fsync(file, false);
    assertTimes(LATER, LATER);
    Timestamp last = new Timestamp(LATER.seconds() + 1, 3);
    tree.setattr(file, AttributeChange.ofWrite(last));
    assertTimes(last, last);
    reopen();
    assertTimes(last, last);
  }

  @Test
  void timesThatAreSet_replaceThoseOfAWriteThatWaits() throws IOException {
    write(tree, file, 0, "by another way");
    writeBack("text");
    tree.setattr(file, AttributeChange.ofWrite(LATER));
    tree.setattr(file, new AttributeChange(null, null, null, null, null, LONG_AGO, LATER));
    assertTimes(LONG_AGO, LATER);
    tree.setattr(file, AttributeChange.ofWrite(LONG_AGO));
    assertTimes(LONG_AGO, LONG_AGO);
    reopen();
    assertTimes(LONG_AGO, LONG_AGO);
  }

  @Test
  void truncation_takesTheTimesThatComeWithIt() throws IOException {
    writeBack("text");
    tree.setattr(file, new AttributeChange(null, null, null, 2L, null, LONG_AGO, LATER));
    assertTimes(LONG_AGO, LATER);
    reopen();
    assertTimes(LONG_AGO, LATER);
  }
}
