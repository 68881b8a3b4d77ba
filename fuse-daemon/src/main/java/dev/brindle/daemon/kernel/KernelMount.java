package dev.brindle.daemon.kernel;

import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.TransportOptions;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * The mount itself: by {@code mount(2)} where this process may, else by {@code fusermount}.
 *
 * <pre>
 *   mount(source, mount point, "fuse.brindle", flags, "fd=7,rootmode=40000,user_id=0,group_id=0,...")
 * </pre>
 *
 * The kernel checks modes for each caller ({@code default_permissions}), always: without it one
 * user's answer was seen to serve another's question.
 *
 * @see <a href="https://docs.kernel.org/filesystems/fuse.html">fuse: mount options</a>
 */
final class KernelMount {
  private static final String TYPE = "fuse.brindle";
  private static final int READ_ONLY = 1;
  private static final int NO_SET_UID = 2;
  private static final int NO_DEVICES = 4;
  private static final int NO_ACCESS_TIME = 1024;

  private KernelMount() {}

  /**
   * Mounts.
   *
   * @return the device that the mount's requests come from
   * @throws MountException with a sentence for people
   */
  static Device mount(TransportOptions options) throws IOException {
    if (!Processes.isRoot()) {
      return Fusermount.mount(options);
    }
    Device device = Device.open();
    int errno = mount(options, device.descriptor());
    if (errno == 0) {
      return device;
    }
    device.close();
    if (errno == Native.EPERM) {
      // root in a container may lack the right that the set-uid program has
      return Fusermount.mount(options);
    }
    throw new MountException("cannot mount on " + options.mountPoint() + ": " + Native.text(errno));
  }

  private static int mount(TransportOptions options, int descriptor) {
    NativeBuffer source = Native.string(options.source());
    NativeBuffer target = Native.string(options.mountPoint().toString());
    NativeBuffer type = Native.string(TYPE);
    NativeBuffer data = Native.string(data(options, descriptor));
    try {
      int result =
          Native.LIBC.mount(
              source.address(), target.address(), type.address(), flags(options), data.address());
      return result == 0 ? 0 : Native.errno();
    } finally {
      Reference.reachabilityFence(List.of(source, target, type, data));
    }
  }

  static long flags(TransportOptions options) {
    return (options.readOnly() ? READ_ONLY : 0)
        | (options.setUid() ? 0 : NO_SET_UID)
        | (options.devices() ? 0 : NO_DEVICES)
        | (options.noAccessTime() ? NO_ACCESS_TIME : 0);
  }

  static String data(TransportOptions options, int descriptor) {
    List<String> values = new ArrayList<>();
    values.add("fd=" + descriptor);
    values.add("rootmode=40000");
    values.add("user_id=0");
    values.add("group_id=0");
    values.add("default_permissions");
    if (options.allowOther()) {
      values.add("allow_other");
    }
    values.add("max_read=" + Negotiation.READ_BYTES_MAX);
    return String.join(",", values);
  }

  /** The options as fusermount takes them. */
  static String fusermountOptions(TransportOptions options) {
    List<String> values = new ArrayList<>();
    values.add("fsname=" + escaped(options.source()));
    values.add("subtype=brindle");
    values.add("default_permissions");
    values.add(options.readOnly() ? "ro" : "rw");
    values.add(options.setUid() ? "suid" : "nosuid");
    values.add(options.devices() ? "dev" : "nodev");
    if (options.noAccessTime()) {
      values.add("noatime");
    }
    if (options.allowOther()) {
      values.add("allow_other");
    }
    values.add("max_read=" + Negotiation.READ_BYTES_MAX);
    return String.join(",", values);
  }

  /** A comma ends an option and a backslash takes the next character as it is. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,");
  }
}
