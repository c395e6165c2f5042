import AWSServer
import Foundation

extension BedrockRuntimeService {
  func answer(
    _ invocation: any InvocationInFlight, _ call: RuntimeCall, scripted: ScriptedReply?, start: EmulatorClock.Moment,
    client: ClientPresence
  ) async throws(AWSFault) -> ServerResponse {
    try await answer(invocation, call, plan(invocation, call.input, scripted, start), scripted: scripted, client: client)
  }

  func answer(
    _ invocation: any InvocationInFlight, _ call: RuntimeCall, _ plan: PlannedReply, scripted: ScriptedReply?,
    client: ClientPresence
  ) async throws(AWSFault) -> ServerResponse {
    if let reply = scripted?.immediate {
      invocation.fail((reply.status ?? 500) < 500 ? .clientError : .serverError)
      throw reply
    }
    if let fault = plan.fault, let reply = fault.reply { throw await fail(invocation, fault, reply, plan, client) }
    return call.isStream
      ? stream(invocation, plan, call) : try await whole(invocation, plan, call, client)
  }

  /// Waits until some nanoseconds after the start of a reply, while the client waits too.
  /// - Throws: `CancellationError` if the client has left or the server is stopping.
  private func wait(_ delay: Int64, after start: EmulatorClock.Moment, _ client: ClientPresence) async throws {
    guard start.instant + delay > clock.now else { return }
    try await client.during { try await clock.sleep(delay, after: start) }
  }

  func plan(
    _ invocation: any InvocationInFlight, _ input: InvocationInput, _ scripted: ScriptedReply?, _ start: EmulatorClock.Moment
  ) -> PlannedReply {
    let target = invocation.target
    var input = input
    // The reply tells the tier that served it.
    if let tier = invocation.tier { input.serviceTier = tier.resolved }
    var random = invocation.random
    let slowness = invocation.fault == .slow ? ReplySettings.slowness : 1
    let completion = completion(of: target, input, invocation.input, scripted: scripted, &random)
    let perToken = settings.tokensPerSecond > 0 ? slowness * 1e9 / settings.tokensPerSecond : 0
    return PlannedReply(
      completion: completion, fault: invocation.fault, ending: scripted?.ending, start: start,
      firstToken: Int64(slowness * settings.latency * 1e9), perToken: perToken)
  }

  /// What a model says.
  /// - Parameter tokens: of the input.
  func completion(
    of target: InvocationTarget, _ input: InvocationInput, _ tokens: TokenCounts, scripted: ScriptedReply?,
    _ random: inout SplitMix64
  ) -> Completion {
    var completion = Completion(
      model: target.model, id: Self.identifier(&random), input: input, text: "", tokens: tokens, stop: .endTurn,
      seed: random.next(), createdAt: Int(clock.date.timeIntervalSince1970), latencyMilliseconds: 0, firstTokenMilliseconds: 0)
    if input.work == .text {
      let room = target.contextWindow.map { max($0 - input.inputTokens, 1) } ?? .max
      let limit = min(input.maxTokens ?? target.assumedMaxTokens, room)
      completion.write(settings.outputTokens, limit: limit, scripted: scripted, &random)
    }
    return completion
  }

  /// 24 lower-case letters and digits.
  private static func identifier(_ random: inout SplitMix64) -> String {
    let letters = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
    var bits: UInt64 = 0
    return String(
      decoding: (0..<24).map { index -> UInt8 in
        if index % 12 == 0 { bits = random.next() }
        defer { bits >>= 5 }
        return letters[Int(bits & 31)]
      }, as: UTF8.self)
  }

  /// Ends an invocation whose fault is an error reply.
  private func fail(
    _ invocation: any InvocationInFlight, _ fault: FaultPlan.Fault, _ reply: AWSFault, _ plan: PlannedReply,
    _ client: ClientPresence
  ) async -> AWSFault {
    if fault == .modelTimeout {
      // The model ran, so the input counts.
      try? await wait(plan.duration, after: plan.start, client)
      invocation.breakOff(.clientError, output: 0)
    } else {
      invocation.fail((reply.status ?? 500) < 500 ? .clientError : .serverError)
    }
    return reply
  }

  private func whole(
    _ invocation: any InvocationInFlight, _ plan: PlannedReply, _ call: RuntimeCall, _ client: ClientPresence
  ) async throws(AWSFault) -> ServerResponse {
    var completion = plan.completion
    let output = completion.tokens.output
    do {
      if plan.fault == .drop || plan.fault?.exception != nil {
        try await wait(plan.duration / 2, after: plan.start, client)
        invocation.breakOff(plan.fault?.exception?.outcome ?? .serverError, output: output / 2)
        guard let exception = plan.fault?.exception else { return Self.dropped() }
        throw exception.reply
      }
      if let ending = plan.ending {
        try await wait(plan.duration, after: plan.start, client)
        invocation.breakOff(ending.outcome, output: output)
        throw ending.reply
      }
      let stall = plan.fault == .stall ? Int64(ReplySettings.stallSeconds * 1e9) : 0
      if invocation.countsOutput { completion.cut(to: try await generate(invocation, plan, client)) }
      try await wait(plan.delay(ofToken: completion.tokens.output) + stall, after: plan.start, client)
    } catch let fault as AWSFault {
      throw fault
    } catch {
      // The wait was cancelled, because the client has left or the server is stopping.
      invocation.abandon()
      throw AWSFault(
        code: "ServiceUnavailableException", message: "The client has left, or the emulator is stopping.", status: 503)
    }
    completion.latencyMilliseconds = clock.milliseconds(since: plan.start)
    completion.firstTokenMilliseconds = Int(plan.firstToken / 1_000_000)
    invocation.finish(
      output: completion.tokens.output, latencyMilliseconds: completion.latencyMilliseconds, firstTokenMilliseconds: nil)
    call.onReply(completion)
    return call.format.reply(completion, tellsUsage: plan.fault != .noUsage)
  }

  /// Takes the output of a whole reply from its quota, in the time in which it is generated.
  /// - Returns: the tokens that the quota has.
  private func generate(
    _ invocation: any InvocationInFlight, _ plan: PlannedReply, _ client: ClientPresence
  ) async throws -> Int {
    let output = plan.completion.tokens.output
    var generated = 0
    while generated < output {
      let count = min(ReplySettings.tokensPerEvent, output - generated)
      try await wait(plan.delay(ofToken: generated), after: plan.start, client)
      let granted = invocation.generate(count)
      generated += granted
      invocation.progress(output: generated)
      guard granted == count else { break }
    }
    return generated
  }

  private static func dropped() -> ServerResponse {
    var response = ServerResponse(status: 500, headers: [], body: Data())
    response.isDropped = true
    return response
  }
}
