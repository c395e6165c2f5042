import AWSServer
import Foundation
import NIOCore

/// A request that is here whole, from a caller that is let in.
struct AdmittedRequest: Sendable {
  let gateway: GatewayCore
  /// What was in force when its head came; a reload doesn't change it.
  let settings: GatewayCore.Settings
  let claim: CallerClaim
  var request: ServerRequest
  /// SHA-256 of the body, in lower-case hexadecimal.
  let bodyHash: String
  let held: HeldBody
  let client: ClientPresence
  /// With what the head tells.
  var record: RequestRecord
  let startedAt: Duration

  /// The server says on which event loop each connection is. Without it, nothing can be sent to AWS.
  struct NoEventLoop: Error {}

  /// The event loop of the client's connection.
  var loop: any EventLoop {
    get throws(NoEventLoop) {
      guard let loop = client.eventLoop else { throw NoEventLoop() }
      return loop
    }
  }
}
