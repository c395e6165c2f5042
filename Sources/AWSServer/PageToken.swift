import Crypto
import Foundation

/// Tokens that say where the next page begins: opaque to clients, and refused when they were not ours or of another listing.
package struct PageToken: Sendable {
  private let key = SymmetricKey(size: .bits128)

  package init() {}

  package func make(listing: String, offset: Int) -> String {
    let text = Data("\(offset)|\(listing)".utf8)
    return (Data(HMAC<SHA256>.authenticationCode(for: text, using: key).prefix(12)) + text).base64EncodedString()
  }

  /// The offset; nil where the token is not one of this listing.
  package func read(_ token: String, listing: String) -> Int? {
    guard token.utf8.count <= 2_048, let data = Data(base64Encoded: token), data.count > 12 else { return nil }
    let text = data.dropFirst(12)
    guard Data(HMAC<SHA256>.authenticationCode(for: text, using: key).prefix(12)) == data.prefix(12) else { return nil }
    let parts = String(decoding: text, as: UTF8.self).split(separator: "|", maxSplits: 1)
    return parts.count == 2 && parts[1] == listing ? Int(parts[0]) : nil
  }
}
