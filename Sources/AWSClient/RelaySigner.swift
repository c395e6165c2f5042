package import AWSWire
package import Foundation
import HTTPTypes

/// Signs one request that somebody else has made, as often as it is sent, and learns from AWS's refusals of its signature.
///
/// It does what ``AWSClient/open(_:limits:)`` does for requests of our own: credentials that have ended are renewed once, and a clock
/// that is off is corrected once.
package struct RelaySigner: Sendable {
  /// A request's way to AWS.
  package struct Signed: Sendable {
    /// `http` or `https`.
    package var scheme: String
    /// Host and, unless it is the scheme's own, port.
    package var authority: String
    /// Path and query, with the endpoint's own path before them.
    package var target: String
    package var headers: [(name: String, value: String)]
  }

  private let client: AWSClient
  private let service: AWSService
  /// A Bedrock API key of whoever made the request, which is sent instead of a signature.
  private let callersKey: String?
  private var identity: AWSIdentity?
  private var isRenewed = false
  /// The correction of the clock that the last signature has.
  private var added = 0.0
  /// The correction before a refusal changed it.
  private var addedBefore: Double?

  /// - Parameters:
  ///   - client: in the Region that the request is for.
  ///   - callersKey: a Bedrock API key of whoever made the request; nil: it is sent as ours.
  package init(_ client: AWSClient, service: AWSService, callersKey: String? = nil) {
    self.client = client
    self.service = service
    self.callersKey = callersKey
  }

  /// Signs the request with the time of now. Only `host`, `content-type`, `x-amz-` and `x-amzn-` headers are signed, for what is between
  /// here and AWS may change any other.
  /// - Parameters:
  ///   - target: path and query as they go over the wire.
  ///   - headers: all that are sent but `Host`; none that a signature adds.
  ///   - bodyHash: of ``SigV4/bodyHash(_:)``.
  /// - Throws: ``AWSClientError``: `region`; `configuration` if a key would travel readable to another machine; `credentials`.
  package mutating func sign(
    method: String, target: String, headers: [(name: String, value: String)], bodyHash: String
  ) async throws -> Signed {
    let region = try client.configuration.requireRegion()
    let endpoint = client.configuration.endpoints.endpoint(for: service, region: region)
    let target = endpoint.basePath + target
    let identity = try await currentIdentity()
    var signed = headers
    added = client.clock.seconds
    switch identity {
    case .credentials(let credentials):
      var covered = headers.filter { Self.isSigned($0.name) }
      covered.append(("Host", endpoint.authority))
      signed +=
        SigV4(credentials: credentials, region: region, service: service.signingName).sign(
          method: method, target: target, headers: covered, bodyHash: bodyHash,
          date: client.now().addingTimeInterval(added), keys: client.signingKeys
        ).headers
    case .apiKey(let key): signed.append(("Authorization", "Bearer \(key)"))
    case .token: break
    }
    return Signed(scheme: endpoint.scheme, authority: endpoint.authority, target: target, headers: signed)
  }

  /// Learns from a reply that refuses the request.
  /// - Returns: whether the request may succeed if it is signed again. Each cause counts once.
  /// - Throws: ``AWSClientError`` (`credentials`) if credentials have ended and new ones can't be had.
  package mutating func learns(
    status: Int, headers: [(name: String, value: String)], body: Data
  ) async throws -> Bool {
    // With other statuses, AWS refuses no signature.
    guard status == 400 || status == 401 || status == 403, callersKey == nil, let identity else { return false }
    let response = Self.response(status: status, headers: headers, body: body)
    let refusal = ServiceErrorParser.parse(response, as: .restJSON)
    let error = AWSClientError(.service, "", service: refusal)
    if let addedBefore, ClockSkew.isAboutTime(refusal) {
      client.clock.restore(addedBefore)
      return false
    }
    if addedBefore == nil, client.correctsClock(after: error, response, added: added) {
      addedBefore = added
      return true
    }
    guard !isRenewed, let renewed = try await client.renewed(identity, after: error) else { return false }
    (self.identity, isRenewed) = (renewed, true)
    return true
  }

  /// New credentials that are fetched while a request waits serve it too, so they are asked for at each signature.
  private mutating func currentIdentity() async throws -> AWSIdentity {
    if let callersKey {
      try client.checkKeysWay(to: service, name: "The Bedrock API key of the request")
      return .apiKey(callersKey)
    }
    let found = try await client.identity(for: service, operation: nil)
    identity = found
    return found
  }

  private static func isSigned(_ name: String) -> Bool {
    let name = name.lowercased()
    return name == "content-type" || name.hasPrefix("x-amz-") || name.hasPrefix("x-amzn-")
  }

  private static func response(status: Int, headers: [(name: String, value: String)], body: Data) -> AWSHTTPResponse {
    var fields = HTTPFields()
    for (name, value) in headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return AWSHTTPResponse(head: HTTPResponse(status: .init(code: status), headerFields: fields), body: body)
  }
}

extension RelaySigner: CustomStringConvertible, CustomReflectable {
  package var description: String { "RelaySigner" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
