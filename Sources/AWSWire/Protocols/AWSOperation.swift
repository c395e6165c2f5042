package import Foundation

/// One call of one AWS operation: how to ask, and how to read the answer.
package struct AWSOperation<Output: Sendable>: Sendable {
  package var service: AWSService
  package var name: String
  package var wire: WireProtocol
  package var request: WireRequest
  /// How often AWS lets an account call it; nil where no limit is published.
  package var rate: RequestRate?
  /// The IAM action's name, where it is not the operation's.
  package var action: String?
  package var decode: @Sendable (Data) throws -> Output

  /// What an IAM policy must allow.
  package var iamAction: String { "\(service.iamPrefix):\(action ?? name)" }

  /// The same call, its answer read in another way.
  package func reading<Other>(_ decode: @escaping @Sendable (Data) throws -> Other) -> AWSOperation<Other> {
    AWSOperation<Other>(service: service, name: name, wire: wire, request: request, rate: rate, action: action, decode: decode)
  }
}
