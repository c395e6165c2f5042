#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes files without Foundation.
package enum File {
  /// - Returns: whether all of it was written.
  package static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    var text = text
    let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    return fclose(file) == 0 && written
  }

  /// To standard error.
  package static func complain(_ message: String) {
    var message = message + "\n"
    _ = message.withUTF8 { put($0) }
  }

  private static func put(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    #if canImport(Darwin)
      Darwin.write(2, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(2, bytes.baseAddress!, bytes.count)
    #else
      Glibc.write(2, bytes.baseAddress!, bytes.count)
    #endif
  }
}
