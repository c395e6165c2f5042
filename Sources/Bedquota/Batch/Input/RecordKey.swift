import AWSWire
import Crypto
import Foundation

/// Tells records apart across runs: by their id and their body. A journal names records by their keys.
struct RecordKey: Sendable, Hashable {
  /// A hash of the record's id.
  var id: UInt64
  /// A hash of its body; of a line that holds no request, of the line.
  var body: UInt64

  init(id: UInt64, body: UInt64) {
    self.id = id
    self.body = body
  }

  init(id: String, body: some Sequence<UInt8>) {
    self.init(id: Self.hash(id), body: Self.hash(bytes: body))
  }

  /// - Parameter text: 32 hexadecimal digits.
  init?(_ text: String) {
    guard text.utf8.count == 32, let id = UInt64(text.prefix(16), radix: 16), let body = UInt64(text.suffix(16), radix: 16) else {
      return nil
    }
    self.init(id: id, body: body)
  }

  /// 32 hexadecimal digits.
  var text: String { Hex.encode(Self.bytes(id) + Self.bytes(body)) }

  static func hash(_ id: String) -> UInt64 { hash(bytes: id.utf8) }

  private static func hash(bytes: some Sequence<UInt8>) -> UInt64 {
    let digest =
      bytes.withContiguousStorageIfAvailable { SHA256.hash(data: UnsafeRawBufferPointer($0)) } ?? SHA256.hash(data: Array(bytes))
    return digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }
}
