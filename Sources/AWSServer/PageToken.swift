import Crypto
import Foundation

/// Makes and reads page tokens. They are authenticated, so a token of another server or another listing is refused.
package struct PageToken: Sendable {
  private let key = SymmetricKey(size: .bits128)

  package init() {}

  /// A token for the page that starts at `offset` of a listing.
  package func make(listing: String, offset: Int) -> String {
    let text = Data("\(offset)|\(listing)".utf8)
    return (Data(HMAC<SHA256>.authenticationCode(for: text, using: key).prefix(12)) + text).base64EncodedString()
  }

  /// The offset in a token; nil if the token was not made here for this listing.
  package func read(_ token: String, listing: String) -> Int? {
    guard token.utf8.count <= 2_048, let data = Data(base64Encoded: token), data.count > 12 else { return nil }
    let text = data.dropFirst(12)
    guard Data(HMAC<SHA256>.authenticationCode(for: text, using: key).prefix(12)) == data.prefix(12) else { return nil }
    let parts = String(decoding: text, as: UTF8.self).split(separator: "|", maxSplits: 1)
    return parts.count == 2 && parts[1] == listing ? Int(parts[0]) : nil
  }
}
