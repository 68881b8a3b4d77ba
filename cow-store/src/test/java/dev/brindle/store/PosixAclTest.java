package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.contract.Acls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What narrowed lists grant, by the algorithm of acl(5), for each of a few users and groups. */
class PosixAclTest {
  private static final int IDS = 3;

  /** What a user who is not the owner gets, who is in some groups; the owning group is a number. */
  private static int granted(PosixAcl acl, int user, Set<Integer> groups, int owningGroup) {
    ByteBuffer in = ByteBuffer.wrap(acl.encode()).order(ByteOrder.LITTLE_ENDIAN);
    in.getInt();
    int mask = 7;
    int others = 0;
    int ofUser = -1;
    int ofGroups = -1;
    while (in.hasRemaining()) {
      int tag = in.getShort();
      int permissions = in.getShort();
      int id = in.getInt();
      switch (tag) {
        case 2 -> ofUser = id == user ? permissions : ofUser;
        case 4, 8 -> {
          if (groups.contains(tag == 4 ? owningGroup : id)) {
            ofGroups = Math.max(ofGroups, 0) | permissions;
          }
        }
        case 16 -> mask = permissions;
        case 32 -> others = permissions;
        default -> {}
      }
    }
    int matched = ofUser >= 0 ? ofUser : ofGroups;
    return matched >= 0 ? matched & mask : others;
  }

  private static PosixAcl random(Random random) throws FileSystemException {
    StringBuilder text = new StringBuilder("u::").append(random.nextInt(8));
    boolean named = named(text, "u", random);
    text.append(" g::").append(random.nextInt(8));
    named |= named(text, "g", random);
    if (named || random.nextBoolean()) {
      text.append(" m::").append(random.nextInt(8));
    }
    return PosixAcl.decode(Acls.acl(text.append(" o::").append(random.nextInt(8)).toString()));
  }

  private static boolean named(StringBuilder text, String letter, Random random) {
    boolean any = false;
    for (int id = 0; id < IDS; id++) {
      if (random.nextInt(3) == 0) {
        text.append(' ').append(letter).append(':').append(id);
        text.append(':').append(random.nextInt(8));
        any = true;
      }
    }
    return any;
  }

  private interface Judge {
    void see(int user, Set<Integer> groups);
  }

  private static void forEachSubject(Judge judge) {
    for (int user = 0; user <= IDS; user++) {
      for (int bits = 0; bits < 1 << (IDS + 1); bits++) {
        Set<Integer> groups = new TreeSet<>();
        for (int group = 0; group <= IDS; group++) {
          if ((bits >> group & 1) != 0) {
            groups.add(group);
          }
        }
        judge.see(user, groups);
      }
    }
  }

  @Test
  void narrowedList_grantsNobodyMoreThanEitherDoes() throws FileSystemException {
    Random random = new Random(4);
    for (int round = 0; round < 3_000; round++) {
      PosixAcl then = random(random);
      PosixAcl now = random(random);
      int groupThen = random.nextInt(IDS + 1);
      int groupNow = random.nextInt(3) == 0 ? random.nextInt(IDS + 1) : groupThen;
      PosixAcl narrowed = then.narrowedBy(now, groupThen == groupNow);
      assertArrayEquals(narrowed.encode(), PosixAcl.decode(narrowed.encode()).encode());
      forEachSubject(
          (user, groups) -> {
            int bound =
                granted(then, user, groups, groupThen) & granted(now, user, groups, groupNow);
            int got = granted(narrowed, user, groups, groupThen);
            assertEquals(
                0,
                got & ~bound,
                () ->
                    then
                        + " "
                        + groupThen
                        + ", "
                        + now
                        + " "
                        + groupNow
                        + ": "
                        + narrowed
                        + " gives user "
                        + user
                        + " in "
                        + groups
                        + " too much");
          });
    }
  }

  @Test
  void narrowedByItself_grantsWhatItGrants() throws FileSystemException {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      PosixAcl acl = random(random);
      PosixAcl same = acl.narrowedBy(acl, true);
      forEachSubject(
          (user, groups) ->
              assertEquals(granted(acl, user, groups, 1), granted(same, user, groups, 1)));
    }
  }

  @Test
  void modeForAll_grantsNobodyMore() throws FileSystemException {
    Random random = new Random(6);
    for (int round = 0; round < 500; round++) {
      PosixAcl acl = random(random);
      PosixAcl mode = PosixAcl.ofMode(acl.modeForAll());
      forEachSubject(
          (user, groups) ->
              assertEquals(0, granted(mode, user, groups, 1) & ~granted(acl, user, groups, 1)));
    }
  }

  @Test
  void limitedList_grantsNoClassMoreThanTheMode() throws FileSystemException {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      PosixAcl acl = random(random);
      int mode = random.nextInt(01000);
      PosixAcl limited = acl.limitedTo(mode);
      forEachSubject(
          (user, groups) -> {
            int bound = (groups.contains(1) ? mode >> 3 : mode) & granted(acl, user, groups, 1);
            int got = granted(limited, user, groups, 1);
            assertEquals(0, got & ~bound, acl + " limited to " + Integer.toOctalString(mode));
          });
    }
  }
}
