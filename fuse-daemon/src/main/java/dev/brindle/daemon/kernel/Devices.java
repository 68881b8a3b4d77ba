package dev.brindle.daemon.kernel;

/**
 * A device number as the kernel hands it out in 32 bits: {@code new_encode_dev}.
 *
 * <pre>
 *    31                20 19             8 7        0
 *   +--------------------+----------------+----------+
 *   | minor, high bits   | major          | minor    |
 *   +--------------------+----------------+----------+
 * </pre>
 */
final class Devices {
  private Devices() {}

  static int major(int device) {
    return device >>> 8 & 0xFFF;
  }

  static int minor(int device) {
    return device & 0xFF | device >>> 12 & 0xFFF00;
  }
}
