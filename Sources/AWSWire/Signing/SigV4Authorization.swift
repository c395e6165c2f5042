package import Foundation

/// The parts of a signed request's Authorization header, which a server needs to check the signature.
package struct SigV4Authorization: Sendable, Equatable {
  package var accessKeyID: String
  /// `20150830`
  package var day: String
  package var region: String
  package var service: String
  /// In lower case and in the order of their bytes, each once.
  package var signedHeaders: [String]
  package var signature: String

  /// Parses the header.
  ///
  /// nil unless it has exactly `Credential`, `SignedHeaders` and `Signature`, each once and in the form that AWS's SDKs write.
  /// What is accepted here but not checked later would be a part of the request that nobody signed.
  package init?(_ header: String) {
    let (text, algorithm) = (header.utf8, SigV4.algorithm.utf8)
    guard text.starts(with: algorithm), text.dropFirst(algorithm.count).first == UInt8(ascii: " ") else { return nil }
    let parts = text.dropFirst(algorithm.count).split(
      separator: UInt8(ascii: ","), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var (credential, headers, signature) = (nil as Substring?, nil as Substring?, nil as Substring?)
    for part in parts {
      let part = Self.trimmed(part)
      guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let value = Substring(Self.trimmed(part[part.index(after: equals)...]))
      switch Substring(part[..<equals]) {
      case "Credential": credential = value
      case "SignedHeaders": headers = value
      case "Signature": signature = value
      default: return nil
      }
    }
    // Three parts with these three names: none is doubled, and there is no other.
    guard let credential, let headers, let signature else { return nil }
    self.init(credential: credential, signedHeaders: headers, signature: signature)
  }

  /// nil unless the parts have the form that AWS's SDKs write.
  init?(credential: Substring, signedHeaders headers: Substring, signature: Substring) {
    // The scope is always the last four parts, even if an access key id contained a slash.
    let scope = credential.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
    guard scope.count >= 5, scope.last == "aws4_request" else { return nil }
    accessKeyID = scope.dropLast(4).joined(separator: "/")
    day = String(scope[scope.count - 4])
    region = String(scope[scope.count - 3])
    service = String(scope[scope.count - 2])
    signedHeaders = headers.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    self.signature = String(signature)
    // A signature of another form isn't the right one, which is for `verify` to say.
    guard !accessKeyID.isEmpty, day.utf8.count == 8, day.utf8.allSatisfy({ (48...57).contains($0) }),
      Self.isScopeName(region), Self.isScopeName(service), Self.areInOrder(signedHeaders), !signature.isEmpty
    else { return nil }
  }

  /// Without blanks at both ends.
  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard let last = text.lastIndex(where: { !isBlank($0) }) else { return text[text.endIndex...] }
    return text[...last].drop(while: isBlank)
  }

  /// Whether a text can be a Region or a service: lower-case letters, digits and hyphens.
  private static func isScopeName(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count)
      && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }

  /// Whether names of headers are in lower case, sorted, and each there once.
  private static func areInOrder(_ names: [String]) -> Bool {
    names.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 > 32 && $0 < 127 && !(65...90).contains($0) } }
      && zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The headers that this signature must cover but doesn't: `host` and `x-amz-date` always, and each other `x-amz-` or
  /// `x-amzn-` header of the request.
  ///
  /// Source: "You must include the host header and any x-amz-* headers in the request",
  /// docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The SDKs leave out `x-amzn-trace-id`,
  /// which proxies add, and the PHP SDK `x-amz-user-agent`; a session token may be added after signing.
  /// - Parameters:
  ///   - headers: with names in lower case.
  ///   - always: the headers that must be signed whether the request has them or not. A URL has its date in the query.
  package func unsigned(of headers: [(name: String, value: String)], always: [String] = ["host", "x-amz-date"]) -> [String] {
    var missing = always.filter { !signedHeaders.contains($0) }
    for (name, _) in headers where name.hasPrefix("x-amz-") || name.hasPrefix("x-amzn-") {
      if !signedHeaders.contains(name), !Self.unsignable.contains(name) { missing.append(name) }
    }
    return missing
  }

  /// The exceptions above. `x-amz-date` is here because it is checked apart.
  private static let unsignable: Set<String> = ["x-amz-date", "x-amzn-trace-id", "x-amz-user-agent", "x-amz-security-token"]

  /// Whether this is the signature of the request.
  /// - Parameters:
  ///   - key: the signing key of this scope.
  ///   - headers: with names in lower case.
  ///   - stamp: the request's `X-Amz-Date`.
  package func verify(
    key: SigV4.SigningKey, method: String, target: String, headers: [(name: String, value: String)], body: some DataProtocol,
    stamp: String
  ) -> Bool {
    verify(
      key: key, method: method, target: target, headers: headers, bodyHash: SigV4.bodyHash(body), stamp: stamp)
  }

  /// Does the same for a body that was hashed as it arrived.
  /// - Parameter bodyHash: SHA-256, in lower-case hexadecimal.
  package func verify(
    key: SigV4.SigningKey, method: String, target: String, headers: [(name: String, value: String)], bodyHash: String,
    stamp: String
  ) -> Bool {
    let canonical = CanonicalRequest(
      method: method, target: target, headers: headers.filter { signedHeaders.contains($0.name) },
      bodyHash: bodyHash)
    // Every header that is listed as signed must be in the request.
    guard canonical.signedHeaders == signedHeaders.joined(separator: ";") else { return false }
    let text = SigV4.stringToSign(
      canonical: canonical.text, stamp: stamp, scope: "\(day)/\(region)/\(service)/aws4_request")
    return ConstantTime.equal(key.signature(of: text), signature)
  }
}
