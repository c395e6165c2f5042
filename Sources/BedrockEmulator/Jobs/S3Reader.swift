import Foundation

/// Reads the lines of a file in pieces, so that a long one takes little memory.
package struct S3Reader: ~Copyable {
  package enum Line {
    case text([UInt8])
    /// Longer than ``limit``; it was skipped.
    case tooLong
  }

  private static let pieceBytes = 64 * 1_024
  /// As long as a request's body may be.
  package static let lineBytesMax = 25 * 1_024 * 1_024

  package let byteCount: Int
  /// The longest line that is read, in bytes.
  package var limit = lineBytesMax
  private let descriptor: Int32
  private let location: S3Location
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  init(descriptor: Int32, byteCount: Int, location: S3Location) {
    self.descriptor = descriptor
    self.byteCount = byteCount
    self.location = location
  }

  deinit { close(descriptor) }

  /// The next line that isn't blank, without its end; nil after the last one.
  package mutating func next() throws(S3Folder.Problem) -> Line? {
    var isTooLong = false
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[start..<end]
        start = end + 1
        if isTooLong { return .tooLong }
        searched = start
        if Self.isBlank(line) { continue }
        return .text(Array(line))
      }
      if isAtEnd {
        let line = buffer[start...]
        start = buffer.count
        return isTooLong ? .tooLong : Self.isBlank(line) ? nil : .text(Array(line))
      }
      if buffer.count - start > limit {
        isTooLong = true
        start = buffer.count
      }
      buffer.removeSubrange(..<start)
      start = 0
      searched = buffer.count
      try fill()
    }
  }

  private mutating func fill() throws(S3Folder.Problem) {
    let held = buffer.count
    let (location, descriptor) = (location, descriptor)
    var count = 0
    buffer.append(contentsOf: repeatElement(0, count: Self.pieceBytes))
    buffer.withUnsafeMutableBytes { bytes in
      repeat {
        count = read(descriptor, bytes.baseAddress! + held, Self.pieceBytes)
      } while count < 0 && errno == EINTR
    }
    guard count >= 0 else {
      throw S3Folder.Problem(message: "\(location.uri) can't be read: \(S3Folder.reason()).")
    }
    buffer.removeLast(Self.pieceBytes - count)
    isAtEnd = count == 0
  }

  private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } }
}
