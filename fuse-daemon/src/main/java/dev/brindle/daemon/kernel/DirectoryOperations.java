package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.FsyncIn;
import dev.brindle.daemon.kernel.Wire.OpenIn;
import dev.brindle.daemon.kernel.Wire.ReadIn;
import dev.brindle.daemon.kernel.Wire.ReleaseIn;
import dev.brindle.daemon.serve.OpenedFiles.Pages;
import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;

/** Directories that are read. */
final class DirectoryOperations {
  private static final int DATA_ONLY = 1;
  private static final int LASTING_SECONDS_MIN = 60;

  private final Served served;
  private final InodeFileSystem fileSystem;
  private final Replies replies;

  DirectoryOperations(Served served, Replies replies) {
    this.served = served;
    this.fileSystem = served.fileSystem();
    this.replies = replies;
  }

  void opendir(Request request, Answer answer) throws IOException {
    long node = request.node();
    if (!isListingKept(node)) {
      opendir(request, answer, 0);
      return;
    }
    served
        .openedFiles()
        .open(
            node,
            fileSystem.getattr(node).attributes(),
            true,
            pages ->
                opendir(
                    request,
                    answer,
                    Replies.CACHE_LISTING | (pages == Pages.GOOD ? Replies.KEEP_CACHE : 0)));
  }

  private boolean opendir(Request request, Answer answer, int listingFlags) throws IOException {
    int flags = listingFlags;
    long handle = fileSystem.opendir(request.node());
    if ((request.u32(OpenIn.FLAGS) & FileOperations.O_NOATIME) != 0) {
      fileSystem.stopNotingAccess(handle);
      flags &= ~Replies.CACHE_LISTING;
    }
    if (replies.opened(answer, handle, flags)) {
      return true;
    }
    fileSystem.releasedir(handle);
    return false;
  }

  /**
   * Whether the kernel keeps a listing, until the directory is another at an opening; what happens
   * through this mount it knows by itself. Not where it soon forgets the entries: then it would ask
   * for each one's attributes alone, which come with a listing that it does not keep. Nor where
   * another mount changes things: a listing that it changes while the kernel takes it would be kept
   * as it was.
   */
  private boolean isListingKept(long node) {
    return !fileSystem.isVolatile(node)
        && served.caching().entrySeconds() >= LASTING_SECONDS_MIN
        && !served.invalidations().everTold();
  }

  void readdir(Request request, Answer answer) throws IOException {
    int room = room(request, answer);
    DirectoryListing listing = new DirectoryListing(answer, room);
    fileSystem.readdir(request.u64(ReadIn.HANDLE), request.u64(ReadIn.OFFSET), listing::addName);
    answer.send(listing.used());
  }

  /** Lists with each entry's attributes, as if each had been looked up. */
  void readdirplus(Request request, Answer answer) throws IOException {
    int room = room(request, answer);
    DirectoryListing listing = new DirectoryListing(answer, room);
    boolean looksUp = !fileSystem.isVolatile(request.node());
    PlusVisitor visitor =
        new PlusVisitor(served, replies, answer, listing, request.node(), looksUp);
    boolean delivered = false;
    try {
      fileSystem.readdir(request.u64(ReadIn.HANDLE), request.u64(ReadIn.OFFSET), visitor);
      delivered = answer.send(listing.used());
    } finally {
      if (!delivered) {
        visitor.forgetAll();
      }
    }
  }

  private static int room(Request request, Answer answer) {
    return Math.min(request.u32(ReadIn.SIZE), answer.bodyBytesMax());
  }

  void releasedir(Request request, Answer answer) throws IOException {
    fileSystem.releasedir(request.u64(ReleaseIn.HANDLE));
    answer.success();
  }

  void fsyncdir(Request request, Answer answer) throws IOException {
    fileSystem.fsyncdir(request.u64(FsyncIn.HANDLE), (request.u32(FsyncIn.FLAGS) & DATA_ONLY) != 0);
    answer.success();
  }
}
