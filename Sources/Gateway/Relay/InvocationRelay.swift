import AWSClient
import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import BedrockQuotas
import Foundation
import NIOCore
import Synchronization

/// One request to a model, from its whole body to the last byte of its reply. Whatever happens, it ends once: what it held is given
/// back, and what is known of it is told.
final class InvocationRelay: Sendable {
  /// What is decided once the body is read.
  struct Plan: Sendable {
    var pool: GatewayCore.Pool
    var bounds: RequestBounds
    var isStreamed: Bool
    var patience: ClientPatience
    /// How long it may wait for its quota.
    var hold: Duration
    /// When its client is first told that it lives; nil: never.
    var keepAliveAfter: Duration?
    var retryKey: RetryKey?
  }

  struct State: Sendable {
    var record: RequestRecord
    var plan: Plan?
    /// What a reply is charged that broke off before its client got anything of it.
    var brokenCharge: RelayedInvocation.Charge?
    /// The last reply of AWS with another status than 200 to 299.
    var refusal: UpstreamRefusal?
    /// Where it waits.
    var place: QueuePlace?
    /// When it began to wait, and for what.
    var waitSince: (at: Duration, measure: Measure?)?
    /// When the last attempt was sent.
    var sentAt: Duration?
    var heldBytes = 0
    var budget: CallerBudget.Reservation?
    var isEnded = false
  }

  let gateway: GatewayCore
  let invocation: GatewayRoute.Invocation
  let claim: CallerClaim
  let service: ServedService
  let request: ServerRequest
  /// SHA-256 of the body, in lower-case hexadecimal.
  let bodyHash: String
  let client: ClientPresence
  let loop: any EventLoop
  let startedAt: Duration
  let state: Mutex<State>

  var caller: Caller { claim.caller }
  var api: ModelRequest.API { invocation.api }

  /// - Parameter record: with what the head tells.
  init(
    _ gateway: GatewayCore, _ invocation: GatewayRoute.Invocation, claim: CallerClaim, service: ServedService,
    request: ServerRequest, bodyHash: String, client: ClientPresence, loop: any EventLoop, record: RequestRecord, startedAt: Duration
  ) {
    (self.gateway, self.invocation, self.claim, self.service) = (gateway, invocation, claim, service)
    (self.request, self.bodyHash, self.client, self.loop, self.startedAt) = (request, bodyHash, client, loop, startedAt)
    state = Mutex(State(record: record))
  }

  deinit { end(.abandoned) }

  /// The reply: AWS's as it came, or the gateway's own in the form of the API.
  func answer() async -> ServerResponse {
    do {
      let plan = try await plan()
      guard plan.isStreamed, let first = plan.keepAliveAfter else {
        return try await begin(client.during { try await self.open(plan) }, plan)
      }
      let held = HeldReply(for: client) { try await self.open(plan) }
      guard await held.isReady(within: TimeAmount(first), on: loop) else { return keptAlive(held, plan) }
      return try await begin(held.get(), plan)
    } catch {
      return refused(error)
    }
  }

  /// Reads the body as far as is needed, and takes what the request may use of its caller's part.
  private func plan() async throws -> Plan {
    let relayed = RelayedRequest(api, isStreamed: invocation.isStreamed, body: request.body, headers: request.headers)
    let id = try invokedID(relayed)
    guard caller.mayInvoke(id) else { throw GatewayRefusal(caller.modelRefusal(id), .model) }
    let pool = try await gateway.pool(region: claim.region, endpoint: invocation.endpoint, id: id)
    let bounds = relayed.bounds(at: pool.client.resolution)
    let patience = ClientPatience(headers: request.headers)
    let times = pool.times.figures
    let (isStreamed, waitMax) = (relayed.isStreamed, caller.waitMax ?? gateway.configuration.queue.waitMax)
    // A stream is kept alive only where the wait may become long enough for it.
    let hold = HoldTime.longest(patience, maxWait: waitMax, times: times, isStream: isStreamed, isKeptAlive: isStreamed)
    let keepAliveAfter = isStreamed && hold > patience.keepAliveAfter ? patience.keepAliveAfter : nil
    let plan = Plan(
      pool: pool, bounds: bounds, isStreamed: isStreamed, patience: patience, hold: hold, keepAliveAfter: keepAliveAfter,
      retryKey: RetryKey(headers: request.headers, tenant: caller.index) { Array(bodyHash.utf8) })
    state.withLock { state in
      state.plan = plan
      state.record.model = pool.client.resolution.id
      (state.record.region, state.record.endpoint) = (pool.region, pool.endpoint)
      (state.record.isStream, state.record.bytesIn) = (isStreamed, request.body.count)
    }
    try take(plan)
    return plan
  }

  private func invokedID(_ relayed: RelayedRequest) throws(GatewayRefusal) -> String {
    if let id = invocation.id { return gateway.configuration.models[id] ?? id }
    guard relayed.models.count < 2 else { throw .invalid("The body names more than one model; name one.") }
    guard let model = relayed.models.first else {
      throw .invalid(
        relayed.unread == nil
          ? "The body names no model; set its member model." : "The body can't be read, so it names no model; send it as JSON.")
    }
    return gateway.configuration.models[model] ?? model
  }

  /// Takes the bytes of the body, and the most that the request can cost from the caller's budget.
  private func take(_ plan: Plan) throws {
    do throws(HeldBytes.Refusal) {
      try gateway.heldBytes.take(request.body.count, of: caller.index)
    } catch {
      throw GatewayRefusal(RefusalReply(error, plan.patience, dice: .random(in: 0...1)), .heldBytes)
    }
    state.withLock { $0.heldBytes = request.body.count }
    guard let budget = caller.budget else { return }
    do throws(CallerBudget.Excess) {
      let reservation = try budget.reserve(plan.pool.client.mostQuotaTokens(plan.bounds), at: gateway.seconds())
      state.withLock { $0.budget = reservation }
    } catch {
      throw GatewayRefusal(BudgetRefusal.fault(error, of: caller, for: service), .budget)
    }
  }

  // MARK: - The end

  func update(_ change: (inout RequestRecord) -> Void) { state.withLock { change(&$0.record) } }

  /// Ends the request. A second call does nothing.
  /// - Parameter charge: what it is charged; nil: nothing.
  func end(_ outcome: RequestRecord.Outcome, charge: RelayedInvocation.Charge? = nil) {
    let now = AWSClient.uptimeOfProcess()
    let ended = state.withLock { state -> State? in
      guard !state.isEnded else { return nil }
      state.isEnded = true
      state.record.outcome = outcome
      state.record.took = now - startedAt
      if let charge = charge ?? state.brokenCharge {
        (state.record.usage, state.record.isEstimate) = (charge.usage, charge.isEstimate)
      }
      if let sentAt = state.sentAt { state.record.upstream = now - sentAt }
      return state
    }
    guard let ended else { return }
    gateway.heldBytes.give(ended.heldBytes, of: caller.index)
    if let reservation = ended.budget {
      caller.budget?.settle(
        reservation, used: (charge ?? ended.brokenCharge)?.quotaTokens ?? 0, wasSent: ended.record.attempts > 0,
        at: gateway.seconds())
    }
    gateway.ended(ended.record)
  }
}
