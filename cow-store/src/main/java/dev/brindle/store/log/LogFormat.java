package dev.brindle.store.log;

/**
 * The constants of the log's files: names, magic numbers, sizes, the places of fields. The grammar
 * they belong to is drawn in the package's documentation. All numbers are big-endian.
 */
final class LogFormat {
  static final int VERSION = 1;

  static final int BLOCK_BYTES = 4096;

  static final String DIRECTORY = "log";
  static final String SEGMENT_SUFFIX = ".seg";
  static final String TEMPORARY_SUFFIX = ".tmp";
  private static final int NUMBER_DIGITS = 16;

  static final long FIRST_SEGMENT = 1;
  static final int SEGMENT_BLOCKS_MIN = 64;
  static final int SEGMENT_BLOCKS_MAX = 16_384;

  /** "BRNDLSEG". */
  static final long SEGMENT_MAGIC = 0x42524e444c534547L;

  static final int KIND_NORMAL = 1;
  static final int KIND_REWRITTEN = 2;

  static final int SEGMENT_MAGIC_OFFSET = 0;
  static final int SEGMENT_VERSION_OFFSET = SEGMENT_MAGIC_OFFSET + Long.BYTES;
  static final int SEGMENT_KIND_OFFSET = SEGMENT_VERSION_OFFSET + Integer.BYTES;
  static final int SEGMENT_STORE_OFFSET = SEGMENT_KIND_OFFSET + Integer.BYTES;
  static final int SEGMENT_NUMBER_OFFSET = SEGMENT_STORE_OFFSET + 2 * Long.BYTES;
  static final int SEGMENT_BLOCKS_OFFSET = SEGMENT_NUMBER_OFFSET + Long.BYTES;
  static final int SEGMENT_FILE_BLOCKS_OFFSET = SEGMENT_BLOCKS_OFFSET + Integer.BYTES;
  static final int SEGMENT_RUNS_OFFSET = SEGMENT_FILE_BLOCKS_OFFSET + Integer.BYTES;
  static final int SEGMENT_CRC_OFFSET = SEGMENT_RUNS_OFFSET + Integer.BYTES;
  static final int SEGMENT_FIELDS_BYTES = SEGMENT_CRC_OFFSET + Integer.BYTES;

  /** A table page ends in the segment's number, the page's index and the page's CRC32C. */
  static final int PAGE_TAIL_BYTES = Long.BYTES + Integer.BYTES + Integer.BYTES;

  static final int PAGE_NUMBERS = (BLOCK_BYTES - PAGE_TAIL_BYTES) / Integer.BYTES;
  static final int PAGE_SEGMENT_OFFSET = PAGE_NUMBERS * Integer.BYTES;
  static final int PAGE_INDEX_OFFSET = PAGE_SEGMENT_OFFSET + Long.BYTES;
  static final int PAGE_CRC_OFFSET = PAGE_INDEX_OFFSET + Integer.BYTES;

  /** "BRNDLGRP". */
  static final long GROUP_MAGIC = 0x42524e444c475250L;

  static final int GROUP_MAGIC_OFFSET = 0;
  static final int GROUP_CRC_OFFSET = GROUP_MAGIC_OFFSET + Long.BYTES;
  static final int GROUP_HEADER_BLOCKS_OFFSET = GROUP_CRC_OFFSET + Integer.BYTES;
  static final int GROUP_REDO_PLACE_OFFSET = GROUP_HEADER_BLOCKS_OFFSET + Short.BYTES;
  static final int GROUP_STORE_OFFSET = GROUP_REDO_PLACE_OFFSET + Short.BYTES;
  static final int GROUP_SEGMENT_OFFSET = GROUP_STORE_OFFSET + 2 * Long.BYTES;
  static final int GROUP_BLOCK_OFFSET = GROUP_SEGMENT_OFFSET + Long.BYTES;
  static final int GROUP_DATA_BLOCKS_OFFSET = GROUP_BLOCK_OFFSET + Integer.BYTES;
  static final int GROUP_INCARNATION_OFFSET = GROUP_DATA_BLOCKS_OFFSET + Integer.BYTES;
  static final int GROUP_PREVIOUS_OFFSET = GROUP_INCARNATION_OFFSET + Long.BYTES;
  static final int GROUP_SEQUENCE_OFFSET = GROUP_PREVIOUS_OFFSET + Long.BYTES;
  static final int GROUP_REDO_BYTES_OFFSET = GROUP_SEQUENCE_OFFSET + Long.BYTES;
  static final int GROUP_REDO_CRC_OFFSET = GROUP_REDO_BYTES_OFFSET + Integer.BYTES;
  static final int GROUP_FIELDS_BYTES = GROUP_REDO_CRC_OFFSET + Integer.BYTES;

  /** "BRNDLCKP". */
  static final long NOTE_MAGIC = 0x42524e444c434b50L;

  static final int REDO_BEHIND_DATA = 0;
  static final int REDO_IN_HEADER = 1;
  static final int REDO_PLACE_MASK = 1;

  /** In the same field: one more than the groups before that were not known to be durable. */
  static final int UNSYNCED_SHIFT = 1;

  /** Each redo element has its length before it. */
  static final int REDO_FRAME_BYTES = Integer.BYTES;

  /** Redo of one group, unless a single element is larger. */
  static final int GROUP_REDO_BYTES_MAX = 1 << 20;

  static final int GROUP_DATA_BLOCKS_MAX = 1024;

  private LogFormat() {}

  static String segmentName(long number) {
    return DIRECTORY + "/" + digits(number) + SEGMENT_SUFFIX;
  }

  static String temporaryName(long number) {
    return DIRECTORY + "/" + digits(number) + TEMPORARY_SUFFIX;
  }

  /** The number in a file's name, or -1 when it is not a segment's. */
  static long segmentNumber(String fileName) {
    if (fileName.length() != NUMBER_DIGITS + SEGMENT_SUFFIX.length()
        || !fileName.endsWith(SEGMENT_SUFFIX)) {
      return -1;
    }
    String digits = fileName.substring(0, NUMBER_DIGITS);
    for (int i = 0; i < NUMBER_DIGITS; i++) {
      char c = digits.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return -1;
      }
    }
    return Long.parseUnsignedLong(digits, 16);
  }

  /** How many whole blocks hold so many bytes. */
  static int blocksFor(long bytes) {
    return Math.toIntExact((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  /** The blocks that the header of a group with so many data blocks takes. */
  static int headerBlocksFor(int dataBlocks) {
    return blocksFor(GROUP_FIELDS_BYTES + (long) dataBlocks * Integer.BYTES);
  }

  /** Table pages for so many numbers. */
  static int pagesFor(int numbers) {
    return (numbers + PAGE_NUMBERS - 1) / PAGE_NUMBERS;
  }

  private static String digits(long number) {
    return String.format("%016x", number);
  }
}
