package import AWSWire
import Foundation

/// A short-term Bedrock API key: a presigned URL of one fixed request, in base64.
///
/// Source: github.com/aws/aws-bedrock-token-generator-python, token_generator.py; it lives for twelve hours at most
/// (docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html).
package struct ShortTermKey: Sendable {
  package static let prefix = "bedrock-api-key-"
  private static let host = "bedrock.amazonaws.com"
  private static let expiresMax = 43_200
  /// A key with a long session token has about 3,000 characters.
  private static let bytesMax = 16_384

  package let query: SigV4Query

  /// nil unless the text has the form of such a key, made for at most twelve hours.
  package init?(_ key: String) {
    guard key.hasPrefix(Self.prefix), key.utf8.count <= Self.bytesMax,
      let data = Data(base64Encoded: String(key.dropFirst(Self.prefix.count))), let text = String(data: data, encoding: .utf8)
    else { return nil }
    // The version is added after signing.
    let (start, end) = ("\(Self.host)/?", "&Version=1")
    guard text.hasPrefix(start), text.hasSuffix(end) else { return nil }
    let pairs = text.dropFirst(start.count).dropLast(end.count)
    guard pairs.split(separator: "&").contains("Action=CallWithBearerToken"), let query = SigV4Query(target: "/?\(pairs)"),
      (1...Self.expiresMax).contains(query.expires), query.authorization.signedHeaders == ["host"]
    else { return nil }
    self.query = query
  }

  func isSigned(with key: SigV4.SigningKey) -> Bool {
    query.authorization.verify(
      key: key, method: "POST", target: query.signedTarget, headers: [("host", Self.host)], body: Data(), stamp: query.stamp)
  }
}
