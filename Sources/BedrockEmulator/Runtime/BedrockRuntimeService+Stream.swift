import AWSServer
import Foundation

extension BedrockRuntimeService {
  /// A streamed reply.
  func stream(_ invocation: any InvocationInFlight, _ plan: PlannedReply, _ call: RuntimeCall) -> ServerResponse {
    var response = ServerResponse(status: 200, headers: call.format.streamHeaders(plan.completion), body: Data())
    response.stream = .init(
      write: { sink in
        do {
          try await write(to: &sink, invocation, plan, call)
        } catch {
          // The client left or a fault cut the stream; a second settlement has no effect.
          invocation.abandon()
          throw error
        }
      }, clientIsGone: { invocation.abandon() })
    return response
  }

  private func write(
    to sink: inout any ResponseSink, _ invocation: any InvocationInFlight, _ plan: PlannedReply, _ call: RuntimeCall
  ) async throws {
    var format = call.format
    var completion = plan.completion
    let output = completion.tokens.output
    var blocks = Array(zip(completion.blocks, completion.blockTokens))
    /// Tokens that the quota of output gave, and whether it had no more.
    var (granted, isCut) = (0, false)
    /// Takes what a piece needs from the quota of output. If that has less, the reply ends with what it gave.
    func take(_ tokens: Int, after sent: Int) {
      guard !isCut, sent + tokens > granted else { return }
      let wanted = sent + tokens - granted
      let given = invocation.generate(wanted)
      granted += given
      guard given < wanted else { return }
      isCut = true
      completion.cut(to: granted)
      blocks = Array(zip(completion.blocks, completion.blockTokens))
    }
    try await clock.sleep(plan.firstToken, after: plan.start)
    completion.firstTokenMilliseconds = clock.milliseconds(since: plan.start)
    var pending = format.opening(completion)
    var sent = 0
    var fault = plan.fault
    var index = 0
    while index < blocks.count {
      // The first piece of a block; of a call, all of it.
      take(blocks[index].0.isCall ? blocks[index].1 : min(ReplySettings.tokensPerEvent, blocks[index].1), after: sent)
      guard index < blocks.count else { break }
      pending += format.start(blocks[index].0, at: index, completion)
      var begun = 0
      while begun < blocks[index].1 {
        take(min(ReplySettings.tokensPerEvent, blocks[index].1 - begun), after: sent)
        let (block, length) = blocks[index]
        guard begun < length else { break }
        if !pending.isEmpty { try await sink.write(pending) }
        pending = []
        let count = min(ReplySettings.tokensPerEvent, length - begun)
        try await clock.sleep(plan.delay(ofToken: sent + count), after: plan.start)
        if invocation.isOver { throw CancellationError() }
        if sent + count > output / 2 {
          if try await breaks(&sink, invocation, plan, fault, &format) { return }
          fault = nil  // A fault happens once.
        }
        if let piece = block.piece(ofTokens: count, from: begun, at: index, sent: sent) {
          let bytes = format.piece(piece, completion)
          if !bytes.isEmpty { try await sink.write(bytes) }
        }
        begun += count
        sent += count
        invocation.progress(output: sent)
      }
      // A stream that breaks leaves its last block open.
      let isBroken = plan.ending != nil && !isCut && index == blocks.count - 1
      if !isBroken { pending += format.stop(blocks[index].0, at: index, completion) }
      index += 1
    }
    if let ending = plan.ending, !isCut {
      if !pending.isEmpty { try await sink.write(pending) }
      invocation.breakOff(ending.outcome)
      return try await sink.write(format.failure(ending, completion))
    }
    completion.latencyMilliseconds = clock.milliseconds(since: plan.start)
    // Settle before the client can read the end, so that its next request finds the quota free.
    invocation.finish(
      output: completion.tokens.output, latencyMilliseconds: completion.latencyMilliseconds,
      firstTokenMilliseconds: completion.firstTokenMilliseconds)
    call.onReply(completion)
    try await sink.write(pending + format.closing(completion, tellsUsage: plan.fault != .noUsage))
  }

  /// Carries out a fault in the middle of the stream.
  /// - Returns: whether the stream is over.
  private func breaks(
    _ sink: inout any ResponseSink, _ invocation: any InvocationInFlight, _ plan: PlannedReply, _ fault: FaultPlan.Fault?,
    _ format: inout any ReplyFormat
  ) async throws -> Bool {
    switch fault {
    case .drop:
      invocation.breakOff(.serverError)
      throw ConnectionDropped()
    case .stall:
      let begun = clock.now - plan.start.instant
      try await clock.sleep(begun + Int64(ReplySettings.stallSeconds * 1e9), after: plan.start)
      return false
    default:
      guard let exception = fault?.exception else { return false }
      invocation.breakOff(exception.outcome)
      try await sink.write(format.failure(exception, plan.completion))
      return true
    }
  }
}

extension ReplyBlock {
  fileprivate var isCall: Bool { if case .toolUse = self { true } else { false } }

  /// The piece of `count` tokens from the block's token `token` on, after `sent` tokens of the reply; nil if nothing is shown of them.
  fileprivate func piece(ofTokens count: Int, from token: Int, at index: Int, sent: Int) -> ReplyPiece? {
    let (text, isReasoning): (String, Bool)
    switch self {
    case .toolUse: return nil
    case .text(let said): (text, isReasoning) = (said, false)
    case .reasoning(let reasoning): (text, isReasoning) = (reasoning.text, true)
    }
    let shown = text.text(ofTokens: count, from: token)
    guard !shown.isEmpty else { return nil }
    return ReplyPiece(text: shown, isReasoning: isReasoning, index: index, tokensBefore: sent, tokens: count)
  }
}
