import AWSClient
import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import BedrockQuotas
import Foundation
import NIOCore
import Synchronization
import Tracing

/// One request to a model, from its whole body to the last byte of its reply. Whatever happens, it ends once: what it held is given
/// back, and what is known of it is told.
final class InvocationRelay: Sendable {
  /// What is decided once the body is read. It is an object, because every task that waits would have a copy of a value on its stack.
  final class Plan: Sendable {
    /// Where it goes; of a route, where its first candidate is.
    let pool: GatewayCore.Pool
    /// nil: there is one place to which it may go.
    let route: PlannedRoute?
    let bounds: RequestBounds
    let isStreamed: Bool
    let priority: CallerPriority
    let patience: ClientPatience
    /// How long it may wait for its quota.
    let hold: Duration
    /// When its client is first told that it lives; nil: never.
    let keepAliveAfter: Duration?
    let retryKey: RetryKey?
    /// Path and query as they go to AWS.
    let target: String
    /// The request with the body that goes to AWS, and the body's SHA-256 in lower-case hexadecimal.
    let request: ServerRequest
    let bodyHash: String

    init(
      pool: GatewayCore.Pool, route: PlannedRoute?, bounds: RequestBounds, isStreamed: Bool, priority: CallerPriority,
      patience: ClientPatience,
      hold: Duration, keepAliveAfter: Duration?, retryKey: RetryKey?, _ wire: Wire
    ) {
      (self.pool, self.route, self.bounds) = (pool, route, bounds)
      (self.isStreamed, self.priority) = (isStreamed, priority)
      (self.patience, self.hold) = (patience, hold)
      (self.keepAliveAfter, self.retryKey) = (keepAliveAfter, retryKey)
      (target, request, bodyHash) = (wire.target, wire.request, wire.bodyHash)
    }

    /// The queue of a candidate, by its index; nil: there is one place.
    func pool(at candidate: Int?) -> GatewayCore.Pool {
      candidate.flatMap { index in route.map { $0.model.candidates[index].pool } } ?? pool
    }
  }

  /// What goes to AWS, but for its signature.
  struct Wire {
    var target: String
    var request: ServerRequest
    var bodyHash: String
  }

  struct State: Sendable {
    var record: RequestRecord
    var plan: Plan?
    /// The reply that has begun.
    var invocation: RelayedInvocation?
    /// What a reply is charged that broke off before its client got anything of it.
    var brokenCharge: RelayedInvocation.Charge?
    /// The last reply of AWS with another status than 200 to 299.
    var refusal: UpstreamRefusal?
    /// The pools among whose requests it was counted, if it has a route.
    var demanded: Set<PoolLabel> = []
    /// Where it waits.
    var place: QueuePlace?
    /// The candidate at which it waits, or to which it was sent last; nil: there is one place, or it is at none yet.
    var candidate: Int?
    /// When it began to wait, and for what.
    var waitSince: (at: Duration, measure: Measure?, span: any Span)?
    /// Whether AWS may have seen an attempt. Attempts are counted before they are sent.
    var mayHaveBeenSent = false
    /// When the last attempt was sent.
    var sentAt: Duration?
    /// Quota tokens of attempts whose replies were lost.
    var lostTokens: Int64 = 0
    var budget: CallerBudget.Reservation?
    var isEnded = false

    /// Where it is, or is likely to go.
    var pool: GatewayCore.Pool? { plan?.pool(at: candidate) }
  }

  private let admitted: AdmittedRequest
  let invocation: GatewayRoute.Invocation
  let loop: any EventLoop
  let state: Mutex<State>
  /// Traces it from its head to its last byte.
  let span: any Span

  var gateway: GatewayCore { admitted.gateway }
  var claim: CallerClaim { admitted.claim }
  var caller: Caller { admitted.claim.caller }
  var client: ClientPresence { admitted.client }
  var service: ServedService { admitted.service }
  var startedAt: Duration { admitted.startedAt }
  var api: ModelRequest.API { invocation.api }

  init(_ admitted: AdmittedRequest, _ invocation: GatewayRoute.Invocation, loop: any EventLoop) {
    (self.admitted, self.invocation, self.loop) = (admitted, invocation, loop)
    state = Mutex(State(record: admitted.record))
    let request = admitted.request
    span = GatewayTracing.startRequest(request.method, operation: admitted.record.operation, request.headers)
  }

  deinit { end(.abandoned) }

  /// The reply: AWS's as it came, or the gateway's own in the form of the API.
  @inline(never)
  func answer() async -> ServerResponse {
    do {
      let plan = try await plan()
      guard plan.isStreamed, let first = plan.keepAliveAfter else {
        return try await begin(client.whilePresent { try await self.open(plan) }, plan)
      }
      let held = HeldReply(for: client) { try await self.open(plan) }
      guard await held.isReady(within: TimeAmount(first), on: loop) else { return keptAlive(held, plan) }
      return try await begin(held.get(), plan)
    } catch {
      return refused(error)
    }
  }

  /// Reads the body as far as is needed, and takes what the request may use of its caller's part.
  ///
  /// The stacks of tasks take most of a waiting request's memory: a task keeps what its deepest call had. So what is needed before and
  /// after the wait stays in functions that are not inlined into the one that waits, and what it reads in an object.
  @inline(never)
  private func plan() async throws -> Plan {
    let reading = try read()
    return try plan(reading, try await gateway.destination(of: reading.name, for: claim, endpoint: invocation.endpoint))
  }

  /// What the body says.
  private final class Reading: Sendable {
    let relayed: RelayedRequest
    /// The name that it gives the model, as its caller may use it.
    let name: InvokedName

    init(_ relayed: RelayedRequest, _ name: InvokedName) { (self.relayed, self.name) = (relayed, name) }
  }

  @inline(never)
  private func read() throws -> Reading {
    let request = admitted.request
    let relayed = RelayedRequest(api, isStreamed: invocation.isStreamed, body: request.body, headers: request.headers)
    let models = admitted.settings.configuration.models
    let invoked = try invocation.id.map { InvokedName($0, models: models) } ?? InvokedName(relayed, models: models)
    return Reading(relayed, try invoked.allowed(to: caller))
  }

  @inline(never)
  private func plan(_ reading: Reading, _ destination: GatewayCore.Destination) throws -> Plan {
    switch destination {
    case .one(let pool, let invoked): return try plan(reading.relayed, invoked, pool, nil)
    case .several(let model):
      guard let route = PlannedRoute(model, reading.name, reading.relayed, admitted.request, of: caller) else {
        throw GatewayRefusal(caller.modelRefusal(reading.name.name), .model)
      }
      return try plan(reading.relayed, reading.name, route.first, route)
    }
  }

  @inline(never)
  private func plan(
    _ relayed: RelayedRequest, _ invoked: InvokedName, _ pool: GatewayCore.Pool, _ route: PlannedRoute?
  ) throws -> Plan {
    let (request, bodyHash) = (admitted.request, admitted.bodyHash)
    let bounds = relayed.bounds(at: pool.client.resolution)
    let patience = ClientPatience(headers: request.headers)
    let times = pool.times.figures
    let (isStreamed, waitMax) = (relayed.isStreamed, caller.waitMax ?? admitted.settings.configuration.queue.waitMax)
    // A stream is kept alive only where the wait may become long enough for it.
    let hold = HoldTime.longest(patience, maxWait: waitMax, times: times, isStream: isStreamed, isKeptAlive: isStreamed)
    let keepAliveAfter = isStreamed && hold > patience.keepAliveAfter ? patience.keepAliveAfter : nil
    var wire = Wire(target: invocation.target, request: request, bodyHash: bodyHash)
    // A route renames it for each candidate as it is sent: a request that waits holds one body.
    if route == nil, invoked.isRenamed { try rename(&wire, invoked) }
    let plan = Plan(
      pool: pool, route: route, bounds: bounds, isStreamed: isStreamed,
      priority: caller.priority.lowered(by: request.header(CallerPriority.header), tier: relayed.serviceTier),
      patience: patience, hold: hold, keepAliveAfter: keepAliveAfter,
      retryKey: RetryKey(headers: request.headers, tenant: caller.index) { Array(bodyHash.utf8) }, wire)
    state.withLock { state in
      state.plan = plan
      state.record.goes(to: pool, isPassed: claim.isPassed)
      state.record.routeName = route?.model.name
      if route != nil { state.demanded.insert(pool.label) }
      (state.record.isStream, state.record.bytesIn) = (isStreamed, request.body.count)
      state.record.agent = patience.agent.rawValue
    }
    gateway.metrics.demanded(pool.label, atSeconds: gateway.seconds())
    try reserveBudget(plan)
    return plan
  }

  /// The request by the id of its model; every other byte is the caller's own.
  func rename(_ wire: inout Wire, _ invoked: InvokedName) throws {
    guard invocation.id == nil else { return wire.target = invoked.target(from: invocation.target) }
    wire.request.body = try invoked.body(from: wire.request.body)
    wire.bodyHash = SigV4.bodyHash(wire.request.body)
  }

  /// Takes what the request can cost from the caller's budget: at the candidate where that is most.
  private func reserveBudget(_ plan: Plan) throws {
    guard let budget = caller.budget else { return }
    do throws(CallerBudget.Excess) {
      let cost = plan.route?.budgetTokens ?? plan.pool.client.budgetTokens(plan.bounds)
      let reservation = try budget.reserve(cost.reserved, most: cost.most, at: gateway.seconds())
      state.withLock { $0.budget = reservation }
    } catch {
      throw GatewayRefusal(BudgetRefusal.fault(error, of: caller, for: service), .budget)
    }
  }

  // MARK: - The end

  func update(_ change: (inout RequestRecord) -> Void) { state.withLock { change(&$0.record) } }

  /// Ends the request. A second call does nothing.
  /// - Parameter charge: what it is charged; nil: nothing.
  @inline(never)
  func end(_ outcome: RequestRecord.Outcome, charge: RelayedInvocation.Charge? = nil) {
    let now = AWSClient.uptimeOfProcess()
    // A client may leave before it is sent anything of a reply that has begun.
    let charge = charge ?? state.withLock({ $0.isEnded ? nil : $0.invocation })?.settle(CancellationError())
    let ended = state.withLock { state -> State? in
      guard !state.isEnded else { return nil }
      state.isEnded = true
      state.invocation = nil
      waitEnded(&state)
      state.record.outcome = outcome
      state.record.took = now - startedAt
      if let charge = charge ?? state.brokenCharge {
        (state.record.usage, state.record.isEstimate) = (charge.usage, charge.isEstimate)
      }
      if let sentAt = state.sentAt { state.record.upstream = now - sentAt }
      return state
    }
    guard let ended else { return }
    admitted.held.release()
    if ended.record.attempts > 0 { gateway.activity.change(caller.index, inFlight: -1) }
    if let reservation = ended.budget {
      caller.budget?.settle(
        reservation, used: ((charge ?? ended.brokenCharge)?.quotaTokens ?? 0) + ended.lostTokens,
        wasSent: ended.mayHaveBeenSent, at: gateway.seconds())
    }
    GatewayTracing.end(span, ended.record)
    gateway.ended(ended.record)
  }
}
