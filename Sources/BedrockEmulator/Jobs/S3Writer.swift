import Foundation

/// Writes a file under a temporary name, and gives it its own when it is finished; without that, it leaves nothing.
package struct S3Writer: ~Copyable {
  private static let pieceBytes = 64 * 1_024

  private let descriptor: Int32
  /// The folder of the file, open.
  private let directory: Int32
  private let temporary: String
  private let name: String
  private let location: S3Location
  private var buffer: [UInt8] = []
  private var isFinished = false

  init(descriptor: Int32, directory: Int32, temporary: String, name: String, location: S3Location) {
    self.descriptor = descriptor
    self.directory = directory
    self.temporary = temporary
    self.name = name
    self.location = location
  }

  deinit {
    close(descriptor)
    if !isFinished { unlinkat(directory, temporary, 0) }
    close(directory)
  }

  package mutating func write(_ bytes: some Sequence<UInt8>) throws(S3Folder.Problem) {
    buffer += bytes
    if buffer.count >= Self.pieceBytes { try flush() }
  }

  /// Gives the file its name.
  package mutating func finish() throws(S3Folder.Problem) {
    try flush()
    guard renameat(directory, temporary, directory, name) == 0 else { throw problem() }
    isFinished = true
  }

  private mutating func flush() throws(S3Folder.Problem) {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        Foundation.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw problem() }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func problem() -> S3Folder.Problem {
    S3Folder.Problem(message: "\(location.uri) can't be written: \(S3Folder.reason()).")
  }
}
