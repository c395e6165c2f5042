import AWSServer
import AWSWire
import Foundation

extension ServerRequest {
  /// The JSON object in the body.
  /// - Throws: `SerializationException` if the body is something else.
  func jsonObject() throws(AWSFault) -> JSONValue {
    guard let body = try? JSONValue(body), body.members != nil else {
      throw AWSFault(
        code: "SerializationException", message: "The request body is not a JSON object.", status: 400, isModelled: false)
    }
    return body
  }
}

extension AWSFault {
  /// The refusal of a request that lacks a member.
  static func missing(_ member: String) -> AWSFault {
    .invalid("1 validation error detected: Value at '\(member)' failed to satisfy constraint: Member must not be null")
  }
}
