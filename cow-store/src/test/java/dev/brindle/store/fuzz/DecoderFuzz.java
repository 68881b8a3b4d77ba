package dev.brindle.store.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Gives a decoder inputs that are damaged, cut off, longer, spliced or random, most of them with a
 * right checksum: it reads them or throws an {@link IOException}, in bounded time and memory.
 * {@code -Dbrindle.full=true} gives 1,000,000 to all decoders together, {@code -Dbrindle.seed=N}
 * other ones.
 */
public final class DecoderFuzz {
  /** For each of about 20 decoders. */
  private static final int INPUTS = Boolean.getBoolean("brindle.full") ? 50_000 : 1_000;

  private static final long ALLOCATED_BYTES_MAX = 8L << 20;
  private static final long NANOS_MAX = 5_000_000_000L;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Random random;
  private final List<byte[]> valid;

  private DecoderFuzz(Random random, List<byte[]> valid) {
    this.random = random;
    this.valid = valid;
  }

  /** The decoder under test. */
  public interface Decoder {
    void decode(byte[] input) throws IOException;
  }

  /**
   * Runs a decoder.
   *
   * @param valid inputs that it reads
   * @param repair gives an input the checksum that fits it
   */
  public static void run(
      String name, List<byte[]> valid, UnaryOperator<byte[]> repair, Decoder decoder)
      throws IOException {
    run(name, valid, repair, decoder, INPUTS);
  }

  /** The same for a decoder that takes long: with a share of the inputs. */
  public static void runSlow(
      String name, List<byte[]> valid, UnaryOperator<byte[]> repair, Decoder decoder)
      throws IOException {
    run(name, valid, repair, decoder, INPUTS / 20);
  }

  private static void run(
      String name, List<byte[]> valid, UnaryOperator<byte[]> repair, Decoder decoder, int inputs)
      throws IOException {
    long seed = Long.getLong("brindle.seed", 1);
    DecoderFuzz fuzz = new DecoderFuzz(new Random(seed), valid);
    for (byte[] sound : valid) {
      decoder.decode(sound.clone());
    }
    int refused = 0;
    for (int i = 0; i < inputs; i++) {
      byte[] input = fuzz.input();
      if (fuzz.random.nextInt(5) > 0) {
        input = repair.apply(input);
      }
      refused += tryOut(name, seed, input, decoder) ? 0 : 1;
    }
    System.out.printf("%s: %,d inputs, %,d refused%n", name, inputs, refused);
  }

  /** Returns false when the input was refused. */
  private static boolean tryOut(String name, long seed, byte[] input, Decoder decoder) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    boolean read = false;
    try {
      decoder.decode(input.clone());
      read = true;
    } catch (IOException e) {
      if (e.getMessage() == null || e.getMessage().isEmpty()) {
        throw failed(name, seed, input, "an error without a message", e);
      }
    } catch (RuntimeException | Error e) {
      throw failed(name, seed, input, "no typed error: " + e, e);
    }
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    if (bytes > ALLOCATED_BYTES_MAX + 64L * input.length) {
      throw failed(name, seed, input, bytes + " bytes allocated", null);
    }
    if (System.nanoTime() - start > NANOS_MAX) {
      throw failed(name, seed, input, "it took too long", null);
    }
    return read;
  }

  private static AssertionError failed(
      String name, long seed, byte[] input, String what, Throwable cause) {
    String hex = HexFormat.of().formatHex(Arrays.copyOf(input, Math.min(200, input.length)));
    return new AssertionError(
        "%s, seed %d: %s; %d bytes: %s".formatted(name, seed, what, input.length, hex), cause);
  }

  private byte[] any() {
    return valid.get(random.nextInt(valid.size()));
  }

  private byte[] input() {
    byte[] input = any().clone();
    switch (random.nextInt(10)) {
      case 0 -> {
        input = new byte[random.nextInt(2 * input.length + 2)];
        random.nextBytes(input);
      }
      case 1 -> input = Arrays.copyOf(input, random.nextInt(input.length + 1));
      case 2 -> input = Arrays.copyOf(input, input.length + 1 + random.nextInt(50));
      case 3 -> input = spliced(input, any());
      default -> {
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && input.length > 0; i++) {
          change(input);
        }
      }
    }
    return input;
  }

  private byte[] spliced(byte[] left, byte[] right) {
    int from = random.nextInt(right.length + 1);
    byte[] result = Arrays.copyOf(left, random.nextInt(left.length + 1) + right.length - from);
    System.arraycopy(
        right, from, result, result.length - (right.length - from), right.length - from);
    return result;
  }

  /** Numbers at the ends of their ranges are what decoders stumble over. */
  private void change(byte[] input) {
    int at =
        random.nextInt(100) < 70
            ? random.nextInt(Math.min(128, input.length))
            : random.nextInt(input.length);
    int[] extremes = {0, 1, 0x7f, 0x80, 0xff, random.nextInt(256)};
    switch (random.nextInt(3)) {
      case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> input[at] = (byte) extremes[random.nextInt(extremes.length)];
      default -> {
        byte first = (byte) extremes[random.nextInt(extremes.length)];
        byte rest = (byte) extremes[random.nextInt(extremes.length)];
        int length = random.nextBoolean() ? 4 : 8;
        for (int i = at; i < Math.min(input.length, at + length); i++) {
          input[i] = i == at ? first : rest;
        }
      }
    }
  }
}
