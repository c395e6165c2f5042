import AWSWire
import Crypto
import Foundation

/// Names of callers that nobody verified. They go into logs and metrics, so they are short and plain, and no secret.
enum UnverifiedName {
  /// What people write who want a name. Keys that providers issue are longer.
  private static let tokenLengthMax = 20
  private static let lengthMax = 64

  /// An access key id is no secret.
  static func ofAccessKey(_ id: String) -> String { plain(id) }

  /// A token is its sender's name if it looks like one, and may be a secret of another service if it doesn't.
  static func ofToken(_ token: String) -> String {
    token.utf8.count <= tokenLengthMax && plain(token) == token && !token.hasPrefix("sk-") ? token : "key-" + hash(token)
  }

  /// The first digits of a secret's hash tell it from others, and nothing else about it.
  static func hash(_ secret: String) -> String {
    Hex.encode(SHA256.hash(data: Data(secret.utf8)).prefix(4))
  }

  private static func plain(_ text: String) -> String {
    let bytes = text.utf8.prefix(lengthMax).map { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || "-_.@".utf8.contains(byte)
        ? byte : UInt8(ascii: "_")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
