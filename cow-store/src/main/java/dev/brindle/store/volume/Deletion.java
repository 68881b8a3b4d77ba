package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/**
 * A deletion before it is decided. The trees that it takes stand still: whoever wants to look at
 * one waits, and then finds it as it was, when the deletion was refused, or gone.
 */
final class Deletion implements AutoCloseable {
  private final Deque<Lock> locks = new ArrayDeque<>();
  private final List<Tree> trees = new ArrayList<>();

  private record Tree(BooleanSupplier isHeld, String what, Runnable end) {}

  /**
   * Adds a tree.
   *
   * @param users taken, until this is closed: excludes the tree's users
   * @param isHeld whether somebody has a file of it open, asked under the lock
   * @param what it is, for the message
   * @param end says to the tree that it is deleted
   */
  void add(Lock users, BooleanSupplier isHeld, String what, Runnable end) {
    users.lock();
    locks.push(users);
    trees.add(new Tree(isHeld, what, end));
  }

  /**
   * Refuses the deletion while somebody has a file of one of the trees open. Asked when it is known
   * that they are what is to be deleted: who is told that they are in use takes them to be there.
   *
   * @throws FileSystemException EBUSY
   */
  void refuseHeld() throws FileSystemException {
    for (Tree tree : trees) {
      if (tree.isHeld.getAsBoolean()) {
        throw new FileSystemException(
            Errno.EBUSY, "files of " + tree.what + " are open: close them first");
      }
    }
  }

  /** The catalogue does not know the trees any more. */
  void happened() {
    trees.forEach(tree -> tree.end.run());
  }

  @Override
  public void close() {
    locks.forEach(Lock::unlock);
  }
}
