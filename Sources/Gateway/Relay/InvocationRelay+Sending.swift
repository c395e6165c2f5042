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

/// To AWS.
extension InvocationRelay {
  /// Waits for the quota, and sends the request until a reply begins.
  func open(_ plan: Plan) async throws -> OpenReply {
    // A copy of the route would be on the stack of every request that waits.
    if plan.route != nil { return try await routed(plan) }
    let turn = turn(plan)
    await turn.comes()
    return try await sent(plan, at: turn)
  }

  @inline(never)
  private func turn(_ plan: Plan) -> RelayTurn {
    plan.pool.client.turn(plan.bounds, of: api, in: span.context, terms: terms(plan))
  }

  private func terms(_ plan: Plan) -> RelayTerms {
    let place = plan.retryKey.flatMap { gateway.places.take($0, at: AWSClient.uptimeOfProcess()) }
    return RelayTerms(
      holdMax: plan.hold, priority: plan.priority.tier, tenant: caller.index, place: place,
      onWait: { place, _ in self.waits(at: place) },
      // Hanging up before the reply is no way around a budget.
      onLoss: { tokens in self.state.withLock { $0.lostTokens += tokens } })
  }

  /// Sends the request, whose turn has come or never will.
  @inline(never)
  private func sent(_ plan: Plan, at turn: RelayTurn) async throws -> OpenReply {
    do {
      let (invoked, reply) = try await plan.pool.client.relay(turn) { reserved in
        try await self.send(plan, at: nil, reserved: reserved)
      }
      return opened(plan, invoked, reply)
    } catch {
      throw failed(plan, error)
    }
  }

  /// Waits for the first candidate that has room, and sends the request there; elsewhere, as long as no reply has begun and nothing
  /// can be paid.
  @inline(never)
  private func routed(_ plan: Plan) async throws -> OpenReply {
    guard let route = plan.route else { preconditionFailure("only a request that has a route is routed") }
    do {
      let (_, invoked, reply) = try await route.model.router.relay(
        { route.bounds[$0] }, of: api, in: span.context, session: route.session, terms: terms(plan)
      ) { candidate, reserved in
        try await self.send(plan, at: candidate, reserved: reserved)
      }
      return opened(plan, invoked, reply)
    } catch {
      throw failed(plan, error)
    }
  }

  private func opened(_ plan: Plan, _ invoked: RelayedInvocation, _ reply: any UpstreamReply) -> OpenReply {
    state.withLock { $0.invocation = invoked }
    return OpenReply(reply, invoked, api: api, isStreamed: plan.isStreamed)
  }

  /// - Returns: the error that the client is told.
  private func failed(_ plan: Plan, _ error: any Error) -> any Error {
    let error = error is UnsentCancellation ? CancellationError() : error
    state.withLock { waitEnded(&$0) }
    keepPlace(plan, after: error)
    return error
  }

  private func waits(at place: QueuePlace) {
    let now = AWSClient.uptimeOfProcess()
    let hold = GatewayTracing.startHold(in: span)
    state.withLock { state in
      waitEnded(&state)
      if let router = state.plan?.route?.model.router { state.candidate = router.candidate(of: place) ?? state.candidate }
      state.place = place
      state.waitSince = (now, place.measure, hold)
    }
    gateway.activity.change(caller.index, waiting: 1)
  }

  /// A client that stopped waiting may come back, and then finds its place again.
  @inline(never)
  private func keepPlace(_ plan: Plan, after error: any Error) {
    guard error is CancellationError || (error as? Refusal)?.code == .expired, let key = plan.retryKey else { return }
    let place = state.withLock { $0.record.attempts == 0 ? $0.place : nil }
    if let place { gateway.places.left(key, place, at: AWSClient.uptimeOfProcess()) }
  }

  func waitEnded(_ state: inout State) {
    guard let since = state.waitSince else { return }
    state.waitSince = nil
    since.span.end()
    gateway.activity.change(caller.index, waiting: -1)
    let measure = since.measure ?? .tokensPerMinute
    let code = state.pool?.client.resolution.quota(measure.quotaMeasure)?.code
    state.record.waits.append(
      .init(code: code, measure: measure.quotaMeasure, duration: AWSClient.uptimeOfProcess() - since.at))
  }

  /// Sends it once. It is signed now, because signatures age and credentials change while a request waits.
  /// - Parameter candidate: where to; nil: there is one place.
  @inline(never)
  private func send(_ plan: Plan, at candidate: Int?, reserved: Int64) async throws -> any UpstreamReply {
    let now = AWSClient.uptimeOfProcess()
    let (attempt, refused) = state.withLock { state in
      waitEnded(&state)
      return (state.record.attempts + 1, state.refusal?.status)
    }
    let (isFirst, pool) = (attempt == 1, plan.pool(at: candidate))
    // Half of the replies would come too late, so that the quota would be spent on nobody.
    guard
      !isFirst
        || HoldTime.isWorthSending(
          plan.patience, waited: now - startedAt, times: pool.times.figures, isStream: plan.isStreamed,
          isKeptAlive: plan.keepAliveAfter != nil)
    else { throw Refusal.expired }
    let wire = try wire(plan, at: candidate)
    let isMoved = state.withLock { state in
      state.record.attempts += 1
      state.record.reserved = reserved
      state.sentAt = now
      state.refusal = nil
      state.candidate = candidate
      guard let candidate, let place = plan.route?.model.candidates[candidate].place else { return false }
      state.record.goes(to: pool, place)
      return state.demanded.insert(pool.label).inserted
    }
    if isMoved { gateway.metrics.demanded(pool.label, atSeconds: gateway.seconds()) }
    if isFirst { gateway.activity.change(caller.index, inFlight: 1) }
    if !isFirst { gateway.metrics.retried(refused.map { $0 == 429 ? .throttled : .server } ?? .connection) }
    let sending = GatewayTracing.startUpstream(in: span, attempt: attempt)
    // To the head of the reply; the body is a part of the request's own span.
    defer { sending.end() }
    let call = UpstreamCall(
      service: pool.endpoint == .mantle ? .bedrockMantle : .bedrockRuntime, account: pool.account,
      region: pool.region, method: "POST", target: target(wire.target, pool), request: traced(wire.request, by: sending),
      bodyHash: wire.bodyHash, claim: claim)
    let reply = try await sent(call)
    if (200..<300).contains(reply.status) { return reply }
    let refusal = try await UpstreamRefusal(reply)
    state.withLock { $0.refusal = refusal }
    // Of a key that is passed on, nothing is foreseen.
    if refusal.status == 429, !claim.isPassed { wasThrottled(pool) }
    throw refusal.error(of: api.rawValue, now: gateway.now())
  }

  /// Sends it, and notes whether AWS may have seen it.
  private func sent(_ call: UpstreamCall) async throws -> any UpstreamReply {
    // It may end before this returns, so it counts as sent until the opposite is known.
    let wasSentBefore = state.withLock { state -> Bool in
      defer { state.mayHaveBeenSent = true }
      return state.mayHaveBeenSent
    }
    do {
      return try await gateway.send(call, on: loop)
    } catch {
      if Self.isUnsent(error) { state.withLock { $0.mayHaveBeenSent = wasSentBefore } }
      throw error
    }
  }

  /// Whether an attempt failed before AWS can have had all of it.
  static func isUnsent(_ error: any Error) -> Bool {
    guard let error = error as? AWSClientError else { return error is UnsentCancellation }
    return error.delivery != .sent
  }

  /// The request with the context of a span, if there is a tracer; otherwise the client's own context goes on as it came.
  private func traced(_ request: ServerRequest, by span: any Span) -> ServerRequest {
    var request = request
    request.headers = GatewayTracing.headers(request.headers, in: span)
    return request
  }

  /// Requests are sent only where the meters have room, so somebody else took it, or the quota is smaller than was read.
  private func wasThrottled(_ pool: GatewayCore.Pool) {
    let pool = pool.label
    gateway.metrics.throttled(pool, atSeconds: gateway.seconds())
    gateway.stateLog.throttledUnforeseen(pool, atSeconds: gateway.seconds())
  }

  /// Path and query as they go to AWS: the caller's own, unless the caller left the endpoint open. bedrock-mantle then has each model
  /// under one base of OpenAI's two.
  private func target(_ target: String, _ pool: GatewayCore.Pool) -> String {
    guard invocation.endpoint == nil, pool.endpoint == .mantle, api != .messages else { return target }
    let base = pool.client.resolution.modelID.flatMap { Facts.builtIn.mantle(of: $0)?.base }
    return base == "/openai/v1" ? target : String(target.dropFirst("/openai".count))
  }

  /// What goes to AWS, by the id of a candidate.
  private func wire(_ plan: Plan, at candidate: Int?) throws -> Wire {
    var wire = Wire(target: plan.target, request: plan.request, bodyHash: plan.bodyHash)
    guard let candidate, let route = plan.route else { return wire }
    let invoked = route.invoked.at(route.model.candidates[candidate].place.id)
    if invoked.isRenamed { try rename(&wire, invoked) }
    return wire
  }
}
