import Crypto
package import Foundation

/// Signs requests with signature version 4, with the signature in headers. A pure value: the date is a parameter.
///
/// Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
package struct SigV4: Sendable {
  static let algorithm = "AWS4-HMAC-SHA256"

  /// Variations between services and between AWS's own test cases.
  package struct Options: Sendable {
    /// Encodes the path once more than it is on the wire; false for S3 only.
    package var encodePath = true
    /// Drops `.`, `..` and empty segments of the path; false for S3 only.
    package var normalizePath = true
    /// Sends and signs `x-amz-content-sha256`, which S3 requires and other services accept.
    package var bodyHashHeader = false
    /// Sends the session token without signing it.
    package var unsignedSessionToken = false
    package init() {}
  }

  /// A signature with its intermediate results.
  package struct Signed: Sendable {
    /// The headers to add to the request.
    package var headers: [(name: String, value: String)]
    package var canonicalRequest: String
    package var stringToSign: String
    package var signature: String
  }

  let credentials: Credentials
  let region: String
  /// The name in the credential scope, such as `servicequotas`.
  let service: String
  let options: Options

  package init(credentials: Credentials, region: String, service: String, options: Options = Options()) {
    self.credentials = credentials
    self.region = region
    self.service = service
    self.options = options
  }

  /// Headers that proxies and clients rewrite on the way; a signature over them would become invalid.
  private static let unsigned: Set<String> = [
    "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
  ]

  /// Signs a request.
  /// - Parameters:
  ///   - target: path and query as they go over the wire.
  ///   - headers: the headers to sign, including `Host`.
  package func sign(
    method: String, target: String, headers: [(name: String, value: String)], body: some DataProtocol, date: Date
  ) -> Signed {
    sign(method: method, target: target, headers: headers, bodyHash: Self.bodyHash(body), date: date)
  }

  /// Signs a request whose body was hashed before.
  /// - Parameters:
  ///   - bodyHash: of ``bodyHash(_:)``.
  ///   - keys: keeps derived keys between calls; nil: the key is derived.
  package func sign(
    method: String, target: String, headers: [(name: String, value: String)], bodyHash: String, date: Date,
    keys: SigningKeys? = nil
  ) -> Signed {
    let stamp = AWSDate.basic(date)
    var added: [(name: String, value: String)] = [("X-Amz-Date", stamp)]
    if options.bodyHashHeader { added.append(("x-amz-content-sha256", bodyHash)) }
    let token = credentials.sessionToken.map { (name: "X-Amz-Security-Token", value: $0) }
    if let token, !options.unsignedSessionToken { added.append(token) }

    let present = headers.filter { !Self.unsigned.contains($0.name.lowercased()) }
    let canonical = CanonicalRequest(
      method: method, target: target, headers: present + added, bodyHash: bodyHash,
      normalizePath: options.normalizePath, encodePath: options.encodePath)
    let day = String(stamp.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let text = Self.stringToSign(canonical: canonical.text, stamp: stamp, scope: scope)
    let secret = credentials.secretAccessKey
    let key =
      keys?.key(secret: secret, day: day, region: region, service: service)
      ?? SigningKey(secret: secret, day: day, region: region, service: service)
    let signature = key.signature(of: text)

    if let token, options.unsignedSessionToken { added.append(token) }
    added.append(
      (
        "Authorization",
        "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
          + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
      ))
    return Signed(headers: added, canonicalRequest: canonical.text, stringToSign: text, signature: signature)
  }

  package static func stringToSign(canonical: String, stamp: String, scope: String) -> String {
    var canonical = canonical
    var hash = SHA256()
    canonical.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    return "\(algorithm)\n\(stamp)\n\(scope)\n\(Hex.encode(hash.finalize()))"
  }

  /// The key of one secret for one day, Region and service.
  package struct SigningKey: Sendable {
    private let key: SymmetricKey

    /// - Parameter day: `20150830`
    package init(secret: String, day: String, region: String, service: String) {
      var key = SymmetricKey(data: Data("AWS4\(secret)".utf8))
      for part in [day, region, service, "aws4_request"] {
        key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
      }
      self.key = key
    }

    package func signature(of text: String) -> String {
      Hex.encode(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }
  }

  /// The hash of a body, as the canonical request contains it.
  package static func bodyHash(_ body: some DataProtocol) -> String { Hex.encode(SHA256.hash(data: body)) }
}
