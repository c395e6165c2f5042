import AWSServer
import AWSWire

/// Who a request says that it is from. It is proven unless ``isPending``; then `CallerAuthenticator.verify` proves it once the body is
/// known.
package struct CallerClaim: Sendable {
  /// How the request is authenticated to AWS.
  package enum Upstream: Sendable {
    /// With the gateway's credentials.
    case signed
    /// With the Bedrock API key that came with it.
    case bearer(Secret)
  }

  struct Signature: Sendable {
    var authorization: SigV4Authorization
    /// nil if nobody knows the access key; then every signature is wrong.
    var secret: String?
    var stamp: String
    var peer: String
  }

  package let caller: Caller
  package let upstream: Upstream
  /// The Region that the request was signed for, or that its API key is for; nil: the default one.
  package let region: String?
  /// The service that the request was signed for, `bedrock` or `bedrock-mantle`; nil: it isn't signed.
  package let service: String?
  let signature: Signature?

  /// Whether it came with a Bedrock API key of its own, whose account nobody here knows.
  var isPassed: Bool { if case .bearer = upstream { true } else { false } }

  /// Whether the signature is still to be verified.
  package var isPending: Bool { signature != nil }

  init(
    _ caller: Caller, upstream: Upstream = .signed, region: String? = nil, service: String? = nil, signature: Signature? = nil
  ) {
    self.caller = caller
    self.upstream = upstream
    self.region = region
    self.service = service
    self.signature = signature
  }
}
