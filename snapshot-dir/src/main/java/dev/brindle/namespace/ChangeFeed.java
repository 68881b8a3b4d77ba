package dev.brindle.namespace;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Carries what one mount changes to the other mounts of the same store. A mount that is alone says
 * nothing and pays nothing.
 */
public final class ChangeFeed {
  @GuardedBy("this")
  private final List<Changes> members = new ArrayList<>();

  /** The members as they are; replaced, never changed. */
  private volatile List<Changes> present = List.of();

  synchronized void join(Changes member) {
    members.add(member);
    present = List.copyOf(members);
  }

  synchronized void leave(Changes member) {
    members.remove(member);
    present = List.copyOf(members);
  }

  boolean isShared() {
    return present.size() > 1;
  }

  /** Whether any member but one shows a volume. */
  boolean isShownElsewhere(Changes except, long volume) {
    return present.stream().anyMatch(member -> member != except && member.shows(volume));
  }

  /** Tells every member but one. */
  void tellOthers(Changes sender, Consumer<Changes> message) {
    for (Changes member : present) {
      if (member != sender) {
        message.accept(member);
      }
    }
  }
}
