package import Foundation

/// The parts of a signed request's Authorization header, which a server needs to check the signature.
package struct SigV4Authorization: Sendable, Equatable {
  package var accessKeyID: String
  /// `20150830`
  package var day: String
  package var region: String
  package var service: String
  package var signedHeaders: [String]
  package var signature: String

  /// Parses the header; nil unless it has the form that ``SigV4`` writes.
  package init?(_ header: String) {
    guard header.hasPrefix("\(SigV4.algorithm) ") else { return nil }
    var fields: [Substring: Substring] = [:]
    for part in header.dropFirst(SigV4.algorithm.count).split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else { return nil }
      fields[sides[0].trimmingPrefix(while: \.isWhitespace)] = Substring(sides[1].trimmingCharacters(in: .whitespaces))
    }
    guard let credential = fields["Credential"], let headers = fields["SignedHeaders"], let signature = fields["Signature"]
    else { return nil }
    // The scope is always the last four parts, even if an access key id contained a slash.
    let scope = credential.split(separator: "/", omittingEmptySubsequences: false)
    guard scope.count >= 5, scope.last == "aws4_request" else { return nil }
    accessKeyID = scope.dropLast(4).joined(separator: "/")
    day = String(scope[scope.count - 4])
    region = String(scope[scope.count - 3])
    service = String(scope[scope.count - 2])
    signedHeaders = headers.split(separator: ";").map(String.init)
    self.signature = String(signature)
  }

  /// Whether this is the signature of the request.
  /// - Parameters:
  ///   - key: the signing key of this scope.
  ///   - stamp: the request's `X-Amz-Date`.
  package func verify(
    key: SigV4.SigningKey, method: String, target: String, headers: [(name: String, value: String)], body: some DataProtocol,
    stamp: String
  ) -> Bool {
    let names = Set(signedHeaders)
    let canonical = CanonicalRequest(
      method: method, target: target, headers: headers.filter { names.contains($0.name.lowercased()) },
      bodyHash: SigV4.bodyHash(body))
    // Every header that is listed as signed must be in the request.
    guard canonical.signedHeaders == signedHeaders.joined(separator: ";") else { return false }
    let text = SigV4.stringToSign(
      canonical: canonical.text, stamp: stamp, scope: "\(day)/\(region)/\(service)/aws4_request")
    return Self.equalInConstantTime(key.signature(of: text), signature)
  }

  private static func equalInConstantTime(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
