import AWSServer
import Foundation

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
}
