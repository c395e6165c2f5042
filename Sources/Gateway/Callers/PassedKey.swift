import AWSServer
import AWSWire
import Foundation

/// A Bedrock API key that goes to AWS. Only AWS can verify it; what it says of itself names its caller.
struct PassedKey {
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html; long-term keys begin with the base64 of "BedrockAPIKey-"
  /// after these letters.
  private static let longTermPrefix = "ABSK"

  /// `bedrock:` and the access key id of a short-term key, or the hash of a long-term one. No key of a configuration has such a name.
  var name: String
  /// The only Region in which the key is valid; nil: every Region.
  var region: String?
  /// nil: not known.
  var expires: Date?

  /// nil if the token isn't a Bedrock API key.
  init?(_ token: String) {
    if token.hasPrefix(ShortTermKey.prefix) {
      guard let query = ShortTermKey(token)?.query, let date = AWSDate.parseBasic(query.stamp) else { return nil }
      name = "bedrock:" + UnverifiedName.ofAccessKey(query.authorization.accessKeyID)
      region = query.authorization.region
      expires = date + TimeInterval(query.expires)
    } else if token.hasPrefix(Self.longTermPrefix), token.utf8.count >= 40 {
      name = "bedrock:" + UnverifiedName.hash(token)
    } else {
      return nil
    }
  }
}
