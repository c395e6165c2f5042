import AWSServer
import AWSWire

/// One sending of a caller's request, before it is signed.
struct UpstreamCall: Sendable {
  var service: AWSService
  var account: GatewayAccount
  var region: String
  var method: String
  var target: String
  var request: ServerRequest
  /// SHA-256 of the body, in lower-case hexadecimal.
  var bodyHash: String
  var claim: CallerClaim
}
