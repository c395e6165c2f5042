package import AWSServer

/// A location in S3: `s3://bucket/key`.
package struct S3Location: Sendable, Hashable {
  package let bucket: String
  /// The parts of the key between its slashes; empty for the bucket itself.
  package let path: [String]
  /// Whether the URI ends in a slash, so that it can only mean a folder.
  package let isFolder: Bool

  /// - Throws: `ValidationException` for what is no URI of S3, or has parts that a file's path can't have.
  package init(_ uri: String, member: String) throws(AWSFault) {
    func invalid(_ constraint: String) -> AWSFault {
      .invalid(
        "1 validation error detected: Value '\(uri.prefix(100))' at '\(member)' failed to satisfy constraint: Member must \(constraint)"
      )
    }
    guard uri.hasPrefix("s3://"), (6...1_024).contains(uri.utf8.count) else {
      throw invalid("satisfy regular expression pattern: s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](/.*)?")
    }
    let parts = uri.dropFirst("s3://".count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    bucket = parts[0]
    guard Self.isBucket(bucket) else {
      throw invalid("satisfy regular expression pattern: s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](/.*)?")
    }
    isFolder = parts.count == 1 || parts.last == ""
    path = Array(parts.dropFirst().dropLast(parts.count > 1 && parts.last == "" ? 1 : 0))
    guard path.allSatisfy(Self.isName) else {
      throw invalid("have a key whose parts are neither empty nor . or .., because the emulator keeps it as a file's path")
    }
  }

  private init(bucket: String, path: [String], isFolder: Bool) {
    self.bucket = bucket
    self.path = path
    self.isFolder = isFolder
  }

  /// The location of something inside of this one.
  func appending(_ names: String...) -> S3Location {
    S3Location(bucket: bucket, path: path + names, isFolder: false)
  }

  package var uri: String { "s3://" + ([bucket] + path).joined(separator: "/") + (isFolder && !path.isEmpty ? "/" : "") }

  private static func isBucket(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    func isAlphanumeric(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...122).contains(byte) }
    guard (3...63).contains(bytes.count), isAlphanumeric(bytes[0]), isAlphanumeric(bytes[bytes.count - 1]) else { return false }
    return bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }

  /// The longest name of a file, in bytes, on the file systems of Linux and macOS.
  private static let nameBytesMax = 255

  private static func isName(_ part: String) -> Bool {
    !part.isEmpty && part != "." && part != ".." && part.utf8.count <= nameBytesMax && !part.utf8.contains(0)
  }
}
