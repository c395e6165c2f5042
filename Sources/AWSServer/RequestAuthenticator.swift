import AWSWire
import Crypto
package import Foundation

/// Checks signatures in the order in which AWS does: the access key, the scope, the date, then the signature itself.
///
/// Everything but the signature is in the head, so it is checked before the body is received.
package final class RequestAuthenticator: Sendable {
  /// What the head of a request says about who sent it. It is not proven until ``verify(_:_:for:)`` has seen the body.
  package struct Claim: Sendable {
    /// The Region that the request was signed for; nil for an API key, or for an unsigned request that is accepted.
    package var region: String?
    /// The access key of the signature; nil for an API key, or for an unsigned request that is accepted.
    package var accessKeyID: String?
    /// What is to be verified; nil if nothing is.
    fileprivate var signature: Signature?
  }

  fileprivate struct Signature: Sendable {
    var authorization: SigV4Authorization
    var secret: String
    var stamp: String
    /// Path and query as they were signed.
    var target: String
  }

  /// Credentials that are accepted until they expire, beside the permanent ones.
  package let temporary = TemporaryCredentials()

  /// Secrets by access key id; nil to accept any request.
  private let credentials: [String: String]?
  /// Hashes of the API keys that Bedrock accepts instead of a signature; they are the secrets of `credentials`. Hashes are
  /// compared in constant time.
  private let apiKeys: [SHA256.Digest]
  private let signingKeys = SigV4.SigningKeys(countMax: 1_000)

  /// - Parameter credentials: secrets by access key id; nil to accept any request, signed or not.
  package init(credentials: [String: String]?) {
    self.credentials = credentials
    apiKeys = (credentials ?? [:]).values.map { SHA256.hash(data: Data($0.utf8)) }
  }

  /// Checks the signature or API key of a request as far as its head tells; ``verify(_:_:for:)`` does the rest.
  /// - Throws: ``AWSFault``, worded as AWS does.
  package func open(_ head: ServerRequest, for service: ServedService, now: Date) throws(AWSFault) -> Claim {
    let header = head.header("authorization") ?? ""
    // Two headers would be two answers to the question who sent this.
    let isOne = head.headers.count(where: { $0.name == "authorization" }) == 1
    let authorization = isOne ? SigV4Authorization(header) : nil
    let isPresigned = SigV4Query.isPresent(in: head.target)
    guard let credentials else {
      let query =
        isPresigned
        ? SigV4Query(target: head.target)?.authorization
        : Self.bearerToken(header).flatMap { ShortTermKey($0) }?.query.authorization
      return Claim(region: (authorization ?? query)?.region, accessKeyID: (authorization ?? query)?.accessKeyID)
    }
    if isPresigned { return try openPresigned(head, credentials, for: service, now: now) }
    if let key = Self.apiKey(of: head, isOne ? header : "", for: service) { return try open(key, credentials, now: now) }
    guard !header.isEmpty else {
      throw AWSFault(
        code: service.missingSignatureCode, message: "Missing Authentication Token", status: 403, isModelled: false)
    }
    let stamp = head.header("x-amz-date") ?? ""
    guard let authorization, head.headers.count(where: { $0.name == "x-amz-date" }) == 1, let date = AWSDate.parseBasic(stamp)
    else {
      throw AWSFault(
        code: service.incompleteSignatureCode,
        message:
          "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters, and an 'X-Amz-Date' header.",
        status: 400, isModelled: false)
    }
    let secret = try secret(
      of: authorization, credentials, sessionToken: head.header("x-amz-security-token"), for: service, now: now)
    try checkScope(authorization, stamp: stamp, service: service)
    try checkDate(date, stamp: stamp, service: service, ageMax: service.clockSkewMax, now: now)
    try checkHeaders(authorization.unsigned(of: head.headers), for: service)
    return Claim(
      region: authorization.region, accessKeyID: authorization.accessKeyID,
      signature: Signature(authorization: authorization, secret: secret, stamp: stamp, target: head.target))
  }

  /// Does what ``open(_:for:now:)`` does for a request with its signature in the URL.
  private func openPresigned(
    _ head: ServerRequest, _ credentials: [String: String], for service: ServedService, now: Date
  ) throws(AWSFault) -> Claim {
    func incomplete(_ message: String) -> AWSFault {
      AWSFault(code: service.incompleteSignatureCode, message: message, status: 400, isModelled: false)
    }
    // Both would be two answers to the question who sent this.
    guard head.header("authorization") == nil, !service.takesKeyHeader || head.header("x-api-key") == nil else {
      throw incomplete("A request can be signed in its headers or in its query, not in both; leave one out.")
    }
    guard let query = SigV4Query(target: head.target), let date = AWSDate.parseBasic(query.stamp) else {
      throw incomplete(
        "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date' and 'X-Amz-Expires', each once. Re-examine the query-string parameters."
      )
    }
    guard (1...SigV4Query.expiresMax).contains(query.expires) else {
      throw incomplete("X-Amz-Expires must be at least 1 and at most \(SigV4Query.expiresMax) seconds, which is a week.")
    }
    let authorization = query.authorization
    let secret = try secret(of: authorization, credentials, sessionToken: query.sessionToken, for: service, now: now)
    try checkScope(authorization, stamp: query.stamp, service: service)
    try checkDate(date, stamp: query.stamp, service: service, ageMax: TimeInterval(query.expires), now: now)
    try checkHeaders(authorization.unsigned(of: head.headers, always: ["host"]), for: service)
    return Claim(
      region: authorization.region, accessKeyID: authorization.accessKeyID,
      signature: Signature(authorization: authorization, secret: secret, stamp: query.stamp, target: query.signedTarget))
  }

  private func checkHeaders(_ unsigned: [String], for service: ServedService) throws(AWSFault) {
    guard !unsigned.isEmpty else { return }
    let names = unsigned.prefix(10).map { "'\($0.prefix(50))'" }.joined(separator: ", ")
    throw AWSFault(
      code: service.badSignatureCode, message: "\(names) must be a 'SignedHeader' in the AWS Authorization.", isModelled: false)
  }

  /// Checks the signature of a whole request.
  /// - Parameter claim: from the request's head.
  /// - Throws: ``AWSFault``, worded as AWS does.
  package func verify(_ claim: Claim, _ request: ServerRequest, for service: ServedService) throws(AWSFault) {
    guard let signature = claim.signature else { return }
    let authorization = signature.authorization
    let isValid = authorization.verify(
      key: signingKeys.key(authorization, secret: signature.secret), method: request.method, target: signature.target,
      headers: request.headers, body: request.body, stamp: signature.stamp)
    if isValid { return }
    throw AWSFault(
      code: service.badSignatureCode,
      message:
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      isModelled: false)
  }

  /// The secret of an access key: a permanent one, or that of temporary credentials, whose session token must be sent with them.
  private func secret(
    of authorization: SigV4Authorization, _ credentials: [String: String], sessionToken: String?, for service: ServedService,
    now: Date
  ) throws(AWSFault) -> String {
    if let permanent = credentials[authorization.accessKeyID] { return permanent }
    let grant = temporary.grant(of: authorization.accessKeyID)
    guard let grant, let sessionToken, Self.hash(sessionToken) == Self.hash(grant.sessionToken) else {
      throw AWSFault(
        code: service.unknownKeyCode, message: "The security token included in the request is invalid.", isModelled: false)
    }
    guard grant.expires > now else {
      throw AWSFault(
        code: service.expiredTokenCode, message: "The security token included in the request is expired", isModelled: false)
    }
    return grant.secret
  }

  private static func hash(_ text: String) -> SHA256.Digest { SHA256.hash(data: Data(text.utf8)) }

  /// Checks an API key: a long-term one is a secret that the server knows, a short-term one is signed with such a secret.
  private func open(_ token: String, _ credentials: [String: String], now: Date) throws(AWSFault) -> Claim {
    let hash = Self.hash(token)
    if apiKeys.reduce(false, { $1 == hash || $0 }) { return Claim() }
    func denied(_ message: String = "Authentication failed: Please make sure your API Key is valid.") -> AWSFault {
      AWSFault(code: "AccessDeniedException", message: message, status: 403, isModelled: false)
    }
    guard let key = ShortTermKey(token), let date = AWSDate.parseBasic(key.query.stamp) else { throw denied() }
    let authorization = key.query.authorization
    let secret: String
    do throws(AWSFault) {
      secret = try self.secret(
        of: authorization, credentials, sessionToken: key.query.sessionToken, for: .bedrock, now: now)
      try checkScope(authorization, stamp: key.query.stamp, service: .bedrock)
    } catch {
      throw denied()
    }
    guard key.isSigned(with: signingKeys.key(authorization, secret: secret)) else { throw denied() }
    let age = now.timeIntervalSince(date)
    guard age <= TimeInterval(key.query.expires) else { throw denied("Bearer Token has expired") }
    guard age >= -ServedService.bedrock.clockSkewMax else { throw denied() }
    return Claim(region: authorization.region, accessKeyID: authorization.accessKeyID)
  }

  /// A Bedrock API key; AWS's own begin with `bedrock-api-key-`.
  private static func apiKey(of head: ServerRequest, _ authorization: String, for service: ServedService) -> String? {
    if service.takesAPIKeys, let token = bearerToken(authorization) { return token }
    guard service.takesKeyHeader, authorization.isEmpty, head.header("authorization") == nil else { return nil }
    return head.headers.count(where: { $0.name == "x-api-key" }) == 1 ? head.header("x-api-key") : nil
  }

  /// The token of an Authorization header; nil for another scheme.
  private static func bearerToken(_ authorization: String) -> String? {
    let scheme = "Bearer "
    guard authorization.hasPrefix(scheme) else { return nil }
    return authorization.dropFirst(scheme.count).trimmingCharacters(in: .whitespaces)
  }

  private func checkScope(_ authorization: SigV4Authorization, stamp: String, service: ServedService) throws(AWSFault) {
    if authorization.service != service.signingName {
      throw AWSFault(
        code: service.badSignatureCode, message: "Credential should be scoped to correct service: '\(service.signingName)'. ",
        isModelled: false)
    }
    if stamp.prefix(8) != authorization.day {
      throw AWSFault(
        code: service.badSignatureCode,
        message:
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '\(authorization.day)' != '\(stamp.prefix(8))', from '\(stamp)'.",
        isModelled: false)
    }
  }

  /// - Parameter ageMax: how old the signature may be, in seconds.
  private func checkDate(
    _ date: Date, stamp: String, service: ServedService, ageMax: TimeInterval, now: Date
  ) throws(AWSFault) {
    let age = now.timeIntervalSince(date)
    let limit = age > 0 ? ageMax : service.clockSkewMax
    guard abs(age) > limit else { return }
    let minutes = Int(limit / 60)
    let edge = AWSDate.basic(now.addingTimeInterval(age > 0 ? -limit : limit))
    let message =
      age > 0
      ? "Signature expired: \(stamp) is now earlier than \(edge) (\(AWSDate.basic(now)) - \(minutes) min.)"
      : "Signature not yet current: \(stamp) is still later than \(edge) (\(AWSDate.basic(now)) + \(minutes) min.)"
    throw AWSFault(code: service.badSignatureCode, message: message, isModelled: false)
  }
}
