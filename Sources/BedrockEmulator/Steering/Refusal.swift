import AWSServer
import AWSWire

/// Why the control API or ``WebGuard`` refuses a request.
package struct Refusal: Error, Equatable {
  /// The HTTP status.
  package var status = 400
  /// A sentence for the caller.
  package var message: String

  var reply: ServerResponse {
    var response = ServerResponse.json(JSONValue.object([.init("message", .string(message))]).data)
    response.status = status
    return response
  }
}
