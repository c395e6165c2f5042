import AWSServer
import Foundation
import NIOCore

/// A request whose body is still to come. It is an object, because each request that waits would have copies of a value on its stack.
final class ArrivingRequest: Sendable {
  let gateway: GatewayCore
  /// What was in force when its head came; a reload doesn't change it.
  let settings: GatewayCore.Settings
  let claim: CallerClaim
  let head: ServerRequest
  let held: HeldBody
  let service: ServedService
  /// With what the head tells.
  let record: RequestRecord
  let startedAt: Duration

  init(
    _ gateway: GatewayCore, settings: GatewayCore.Settings, claim: CallerClaim, head: ServerRequest, held: HeldBody,
    service: ServedService, record: RequestRecord, startedAt: Duration
  ) {
    (self.gateway, self.settings, self.claim, self.head, self.held) = (gateway, settings, claim, head, held)
    (self.service, self.record, self.startedAt) = (service, record, startedAt)
  }
}

/// A request that is here whole, from a caller that is let in.
struct AdmittedRequest: Sendable {
  private let arrived: ArrivingRequest
  private let body: Data
  /// SHA-256 of the body, in lower-case hexadecimal.
  let bodyHash: String
  let client: ClientPresence

  init(_ arrived: ArrivingRequest, body: Data, bodyHash: String, client: ClientPresence) {
    (self.arrived, self.body, self.bodyHash, self.client) = (arrived, body, bodyHash, client)
  }

  var gateway: GatewayCore { arrived.gateway }
  var settings: GatewayCore.Settings { arrived.settings }
  var claim: CallerClaim { arrived.claim }
  var held: HeldBody { arrived.held }
  var service: ServedService { arrived.service }
  var startedAt: Duration { arrived.startedAt }

  var request: ServerRequest {
    var request = arrived.head
    request.body = body
    return request
  }

  /// What is known of it so far.
  var record: RequestRecord {
    var record = arrived.record
    record.caller = claim.caller.name
    return record
  }

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
