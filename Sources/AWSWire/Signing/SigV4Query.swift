import Foundation

/// A signature in the query of a URL, a "presigned" one, which a server needs to check it.
///
/// Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, "Add the signature to the request".
package struct SigV4Query: Sendable, Equatable {
  /// The longest time that such a signature is valid, in seconds: a week.
  package static let expiresMax = 604_800

  package var authorization: SigV4Authorization
  /// `20150830T123600Z`
  package var stamp: String
  /// Seconds from ``stamp``.
  package var expires: Int
  /// The session token of temporary credentials.
  package var sessionToken: String?
  /// The target without the signature, as it was signed.
  package var signedTarget: String

  private static let marks: Set<String> = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"]
  private static let names: Set<String> = marks.union(
    ["X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Security-Token"])

  /// Whether the target says that it is signed, rightly or not.
  package static func isPresent(in target: String) -> Bool {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return false }
    return pairs(target, after: mark).contains { pair in name(pair).map(marks.contains) ?? false }
  }

  /// Parses the query.
  ///
  /// nil unless each parameter is there once, in the form that AWS's SDKs write; only the session token may be missing. What is
  /// accepted here but not checked later would be a part of the request that nobody signed.
  package init?(target: String) {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    var values: [String: String] = [:]
    var kept: [Substring] = []
    for pair in Self.pairs(target, after: mark) {
      guard let name = Self.name(pair) else { return nil }
      if name != "X-Amz-Signature" { kept.append(pair) }
      guard Self.names.contains(name) else { continue }
      guard let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")), values[name] == nil,
        let value = pair[pair.utf8.index(after: equals)...].removingPercentEncoding
      else { return nil }
      values[name] = value
    }
    guard values["X-Amz-Algorithm"] == SigV4.algorithm, let credential = values["X-Amz-Credential"],
      let stamp = values["X-Amz-Date"], let headers = values["X-Amz-SignedHeaders"], let signature = values["X-Amz-Signature"],
      let text = values["X-Amz-Expires"], (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
      let expires = Int(text),
      let authorization = SigV4Authorization(credential: credential[...], signedHeaders: headers[...], signature: signature[...])
    else { return nil }
    self.authorization = authorization
    self.stamp = stamp
    self.expires = expires
    sessionToken = values["X-Amz-Security-Token"]
    signedTarget = target[..<mark] + "?" + kept.joined(separator: "&")
  }

  /// The parameters, empty ones too. They are told apart by bytes: a combining character after a separator would hide it otherwise.
  private static func pairs(_ target: String, after mark: String.Index) -> [Substring] {
    let query = target.utf8[mark...].dropFirst()
    return query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { Substring($0) }
  }

  /// The decoded name of a parameter; nil if it can't be decoded.
  private static func name(_ pair: Substring) -> String? {
    let end = pair.utf8.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
    return pair[..<end].removingPercentEncoding
  }
}
