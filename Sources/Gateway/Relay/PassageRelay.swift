import AWSClient
import AWSServer
import AWSWire
import Foundation
import NIOCore

/// A request that no quota of ours counts: it is signed and passed on at once.
struct PassageRelay: Sendable {
  /// The longest reply, in bytes. These are listings and short answers.
  private static let bodyBytesMax = 16 * 1_024 * 1_024

  let gateway: GatewayCore
  let passage: GatewayRoute.Passage
  let claim: CallerClaim
  let request: ServerRequest
  /// SHA-256 of the body, in lower-case hexadecimal.
  let bodyHash: String
  let client: ClientPresence
  let record: RequestRecord
  let startedAt: Duration

  func answer() async -> ServerResponse {
    guard let loop = client.eventLoop else { return ServerResponse(status: 500, headers: [], body: Data()) }
    var record = record
    record.bytesIn = request.body.count
    let response: ServerResponse
    do {
      let region = try gateway.region(claim.region)
      let call = UpstreamCall(
        service: passage.service, region: region, method: request.method, target: passage.target, request: request,
        bodyHash: bodyHash, claim: claim)
      record.attempts = 1
      let reply = try await client.during {
        try await UpstreamRefusal(gateway.send(call, on: loop), bytesMax: Self.bodyBytesMax)
      }
      guard reply.isWhole else { throw AWSClientError(.transport, "The reply of AWS broke off, or is too long for the gateway.") }
      record.upstreamID = reply.headers.first { $0.name.lowercased() == "x-amzn-requestid" }?.value
      record.outcome = (200..<300).contains(reply.status) ? .succeeded : .failed
      response = ServerResponse(
        status: reply.status, headers: RelayHeaders.downstream(from: reply.headers, keepsLength: false), body: reply.body)
    } catch {
      let failure = GatewayFailure(error)
      (record.outcome, record.error) = (failure.outcome, failure.fault.code)
      var rendered = ServedService.ofPath(request.path).reply(failure.fault, requestID: record.id)
      rendered.headers += failure.headers
      if error is CancellationError { (rendered.isDropped, record.outcome, record.error) = (true, .abandoned, nil) }
      response = rendered
    }
    (record.status, record.bytesOut) = (response.status, response.body.count)
    record.took = AWSClient.uptimeOfProcess() - startedAt
    gateway.ended(record)
    return response
  }
}
