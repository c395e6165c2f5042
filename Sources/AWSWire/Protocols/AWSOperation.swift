package import Foundation

/// One call of an AWS operation: the request, and how to decode its reply.
package struct AWSOperation<Output: Sendable>: Sendable {
  package var service: AWSService
  package var name: String
  package var wire: WireProtocol
  package var request: WireRequest
  /// The limit that AWS publishes for the operation; nil if it publishes none.
  package var rate: RequestRate?
  /// The name of the IAM action, if it differs from the operation's.
  package var action: String?
  /// A secret among the parameters that is proof enough of who calls, so that the call isn't signed; nil for all others.
  package var token: String?
  package var decode: @Sendable (Data) throws -> Output

  /// The IAM action that a policy must allow.
  package var iamAction: String { "\(service.iamPrefix):\(action ?? name)" }

  /// The same call with another decoding of its reply.
  package func reading<Other>(_ decode: @escaping @Sendable (Data) throws -> Other) -> AWSOperation<Other> {
    AWSOperation<Other>(
      service: service, name: name, wire: wire, request: request, rate: rate, action: action, token: token, decode: decode)
  }
}
