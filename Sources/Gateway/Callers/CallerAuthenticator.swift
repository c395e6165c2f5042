package import AWSServer
import AWSWire
package import Foundation

/// Finds out who sent a request: first by its head, so that no body is kept for a stranger, and then by its body, which a signature
/// covers. It belongs to one configuration; a reload makes another.
package final class CallerAuthenticator: Sendable {
  /// The longest bearer token. Source: `ShortTermKey`, whose keys have about 3,000 characters.
  private static let tokenBytesMax = 16_384
  private static let services: Set<String> = ["bedrock", "bedrock-mantle"]

  package let callers: Callers
  package let registry: CallerRegistry
  package let failures: FailedAuthentications
  private let isOpen: Bool
  private let passesThrough: Bool
  /// Keys that a right signature has proven: whoever knows an access key id alone displaces nobody's. A caller may sign for several
  /// Regions.
  let provenKeys = SigV4.SigningKeys(countMax: 10_000)

  package init(
    _ configuration: GatewayConfiguration, registry: CallerRegistry, failures: FailedAuthentications
  ) {
    callers = Callers(configuration, registry: registry)
    self.registry = registry
    self.failures = failures
    isOpen = configuration.isOpen
    passesThrough = configuration.passesAPIKeysThrough
  }

  // MARK: The head

  /// Finds out who sent a request, as far as its head tells.
  /// - Parameters:
  ///   - service: the dialect in which the caller reads errors. Its signing name doesn't count; see ``CallerClaim/service``.
  ///   - peer: the caller's address, without the port.
  /// - Throws: `AWSFault`, worded as AWS does where AWS has the case.
  package func open(_ head: ServerRequest, for service: ServedService, peer: String, now: Date) throws(AWSFault) -> CallerClaim {
    let headers = CredentialHeaders(head.headers)
    if isOpen { try checkNoBrowser(headers) }
    if let name = headers.doubled {
      throw malformed("The header '\(name)' is there more than once; send it once.", service)
    }
    if SigV4Query.isPresent(in: head.target) {
      throw malformed("The gateway takes no presigned URLs; sign the request in its headers.", service)
    }
    if let token = try token(headers, service) { return try claim(ofToken: token, service, now) }
    guard let authorization = headers.authorization else {
      guard !isOpen else { return CallerClaim(registry.unverified("anonymous")) }
      failures.count(.missing)
      throw AWSFault(
        code: service.missingSignatureCode, message: "Missing Authentication Token", status: 403, isModelled: false)
    }
    return try claim(ofSignature: authorization, headers, head, service, peer: peer, now)
  }

  /// The bearer token or API key; nil if there is neither.
  private func token(_ headers: CredentialHeaders, _ service: ServedService) throws(AWSFault) -> String? {
    let bearer = headers.bearerToken.map(String.init)
    // Claude Code sends the same key in both.
    if let key = headers.apiKey, headers.authorization != nil, bearer.map({ !ConstantTime.equal($0, key) }) ?? true {
      throw malformed("The request has an Authorization header and another x-api-key; leave one out.", service)
    }
    guard let token = bearer ?? headers.apiKey else { return nil }
    guard (1...Self.tokenBytesMax).contains(token.utf8.count) else {
      throw malformed("The API key is empty or has more than \(Self.tokenBytesMax) characters.", service)
    }
    return token
  }

  private func claim(ofToken token: String, _ service: ServedService, _ now: Date) throws(AWSFault) -> CallerClaim {
    if !isOpen, let caller = callers.owner(ofToken: token) { return CallerClaim(caller) }
    if passesThrough, let key = PassedKey(token) {
      guard key.expires.map({ $0 > now }) ?? true else { throw denied("Bearer Token has expired", .expired) }
      if let region = key.region, !RegionName.isValid(region) { throw denied(Self.invalidKey, .scope) }
      return CallerClaim(registry.unverified(key.name), upstream: .bearer(Secret(token)), region: key.region)
    }
    guard isOpen else { throw denied(Self.invalidKey, .unknown) }
    return CallerClaim(registry.unverified(UnverifiedName.ofToken(token)))
  }

  /// Checks what a signature covers and for what it was made; whether it is right, the body will tell.
  private func claim(
    ofSignature header: String, _ headers: CredentialHeaders, _ head: ServerRequest, _ service: ServedService, peer: String,
    _ now: Date
  ) throws(AWSFault) -> CallerClaim {
    guard let authorization = SigV4Authorization(header) else {
      // Where nothing is verified, a scheme that nobody knows is no reason to refuse.
      if isOpen { return CallerClaim(registry.unverified("anonymous")) }
      throw malformed(
        "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters, and an 'X-Amz-Date' header.",
        service)
    }
    guard RegionName.isValid(authorization.region) else {
      throw refused("'\(authorization.region)' in the Credential scope is not the name of a Region.", .scope, service)
    }
    if isOpen {
      let name = UnverifiedName.ofAccessKey(authorization.accessKeyID)
      let signed = Self.services.contains(authorization.service) ? authorization.service : nil
      return CallerClaim(registry.unverified(name), region: authorization.region, service: signed)
    }
    try check(authorization, headers, head, service, now)
    let pair = callers.pair(of: authorization.accessKeyID)
    if pair == nil {
      let nanoseconds = Int64(min(max(now.timeIntervalSince1970, 0), 9e9) * 1e9)
      guard failures.affords(peer: peer, at: nanoseconds) else { throw wrong(service) }
    }
    return CallerClaim(
      pair?.caller ?? registry.other, region: authorization.region, service: authorization.service,
      signature: .init(authorization: authorization, secret: pair?.secret, stamp: headers.date ?? "", peer: peer))
  }

  private func check(
    _ authorization: SigV4Authorization, _ headers: CredentialHeaders, _ head: ServerRequest, _ service: ServedService,
    _ now: Date
  ) throws(AWSFault) {
    guard let stamp = headers.date, let date = AWSDate.parseBasic(stamp) else {
      throw malformed("The request needs an 'X-Amz-Date' header, such as 20260830T123600Z.", service)
    }
    guard Self.services.contains(authorization.service) else {
      throw refused("Credential should be scoped to correct service: 'bedrock' or 'bedrock-mantle'. ", .scope, service)
    }
    guard stamp.prefix(8) == authorization.day else {
      throw refused(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '\(authorization.day)' != '\(stamp.prefix(8))', from '\(stamp)'.",
        .scope, service)
    }
    let age = now.timeIntervalSince(date)
    guard abs(age) <= service.clockSkewMax else {
      throw refused(
        "Signature \(age > 0 ? "expired" : "not yet current"): \(stamp) is \(Int(min(abs(age), 1e9) / 60)) min away from \(AWSDate.basic(now)), the clock of the gateway; at most \(Int(service.clockSkewMax / 60)) min are allowed.",
        .expired, service)
    }
    let unsigned = authorization.unsigned(of: head.headers)
    guard unsigned.isEmpty else {
      let names = unsigned.prefix(10).map { "'\($0.prefix(50))'" }.joined(separator: ", ")
      throw refused("\(names) must be a 'SignedHeader' in the AWS Authorization.", .unsigned, service)
    }
    if let hash = headers.bodyHash {
      guard hash.utf8.count == 64, hash.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
        throw refused(
          "x-amz-content-sha256 must be the SHA-256 of the body; the gateway takes no unsigned payload.", .unsigned, service)
      }
    }
  }

  /// Loopback is no authentication against web pages, which a browser on this machine shows: it sends `Origin`, and the name in `Host` is
  /// one that its page can make point here.
  private func checkNoBrowser(_ headers: CredentialHeaders) throws(AWSFault) {
    guard !headers.hasOrigin else {
      throw denied("A gateway without keys answers no web pages; configure keys, or send no Origin header.", .browser)
    }
    guard headers.isForLoopback else {
      throw denied(
        "A gateway without keys is called by a loopback name, such as 127.0.0.1 or localhost; configure keys.", .browser)
    }
  }

  // MARK: The body

  /// Proves a claim by the body. A claim that isn't pending is proven already.
  /// - Parameters:
  ///   - head: the same as in ``open(_:for:peer:now:)``.
  ///   - bodyHash: SHA-256, in lower-case hexadecimal.
  package func verify(
    _ claim: CallerClaim, _ head: ServerRequest, bodyHash: String, for service: ServedService
  ) throws(AWSFault) {
    guard let signature = claim.signature else { return }
    // An access key that nobody knows fails as a wrong signature does, with the same words. It is verified too, with a secret that
    // nobody has; but the time may tell whose keys are in use, for these are derived already.
    let authorization = signature.authorization
    let proven = signature.secret.flatMap { provenKeys.known(authorization, secret: $0) }
    let key =
      proven
      ?? SigV4.SigningKey(
        secret: signature.secret ?? "a secret that nobody has", day: authorization.day, region: authorization.region,
        service: authorization.service)
    let isRight = authorization.verify(
      key: key, method: head.method, target: head.target, headers: head.headers, bodyHash: bodyHash, stamp: signature.stamp)
    guard isRight, let secret = signature.secret else { throw wrong(service) }
    if proven == nil { provenKeys.keep(key, authorization, secret: secret) }
  }

  // MARK: Refusals

  private static let invalidKey = "Authentication failed: Please make sure your API Key is valid."

  /// An unknown access key and a wrong signature have the same words.
  private func wrong(_ service: ServedService) -> AWSFault {
    refused(
      "The request signature we calculated does not match the signature you provided. Check that the access key is one of this gateway's, that the secret access key is its own, and that nothing on the way changes a signed header.",
      .unknown, service)
  }

  private func refused(_ message: String, _ reason: FailedAuthentications.Reason, _ service: ServedService) -> AWSFault {
    failures.count(reason)
    return AWSFault(code: service.badSignatureCode, message: message, isModelled: false)
  }

  private func malformed(_ message: String, _ service: ServedService) -> AWSFault {
    failures.count(.malformed)
    return AWSFault(code: service.incompleteSignatureCode, message: message, status: 400, isModelled: false)
  }

  private func denied(_ message: String, _ reason: FailedAuthentications.Reason) -> AWSFault {
    failures.count(reason)
    return AWSFault(code: "AccessDeniedException", message: message, status: 403, isModelled: false)
  }
}
