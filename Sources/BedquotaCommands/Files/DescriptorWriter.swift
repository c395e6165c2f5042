import Foundation

/// Writes all of some bytes to a file descriptor.
enum DescriptorWriter {
  /// - Returns: 0, or the `errno` of the write that failed.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if count == 0 || errno == EAGAIN {
        // A descriptor that doesn't block is full; wait until it takes more.
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&state, 1, 1_000)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
