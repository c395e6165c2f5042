/// The cost of a request against a quota of tokens, in quota tokens: R when the request starts, F when it has ended.
///
/// | input | cache read | cache write | max_tokens | output | burndown | R | F |
/// |---|---|---|---|---|---|---|---|
/// | 3,000 | 0 | 0 | 1,000 | 500 | 1 | 4,000 | 3,500 |
/// | 3,000 | 0 | 0 | 1,000 | 500 | 5 | 4,000 | 5,500 |
/// | 100 | 9,000 | 0 | 1,000 | 500 | 5 | 10,100 | 2,600 |
///
/// AWS's text says that the reservation counts max_tokens once. Users who met the limit, and programs of others, say that it counts
/// the burndown too (github.com/anthropics/claude-code/issues/1293). Nobody has measured it, so both can be computed.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html; that cache reads are reserved and given back
/// is stated in github.com/aws/agent-toolkit-for-aws (quota-health.md).
public struct RequestCost: Sendable, Equatable {
  /// R, the reservation: input, cache reads and writes, and max_tokens, times the burndown if it is reserved; nil if one of them is
  /// unknown.
  public var reservation: Int?
  /// F, the final cost: input, cache writes, and burndown × output; nil if one of them is unknown.
  public var final: Int?
  /// The output's part of the reservation: max_tokens, else the model's maximum output; nil if neither is known.
  public var reservedOutput: Int?

  /// - Parameters:
  ///   - maxOutputTokens: the most output tokens that the model can produce; nil if unknown.
  ///   - outputBurndown: quota tokens per output token, 1 to 1,000; nil if unknown.
  ///   - reservesBurndown: whether the reservation counts the burndown.
  ///   - reservesCacheReads: whether it counts what is read from the cache; bedrock-mantle's doesn't.
  public init(
    _ workload: Workload, maxOutputTokens: Int?, outputBurndown: Int?, reservesBurndown: Bool = false,
    reservesCacheReads: Bool = true
  ) {
    let reservedOutput = workload.maxTokens ?? maxOutputTokens
    self.reservedOutput = reservedOutput
    let cached = reservesCacheReads ? 0 : workload.cacheReadTokens
    if let prompt = workload.promptTokens.map({ $0 - cached }), let reservedOutput,
      let factor = reservesBurndown ? outputBurndown : 1
    {
      reservation = Self.reservation(prompt: prompt, maxTokens: factor * reservedOutput)
    }
    guard let input = workload.inputTokens, let output = workload.outputTokens else { return }
    // Without output, the burndown doesn't matter.
    guard let burndown = output == 0 ? 1 : outputBurndown else { return }
    final = Self.final(input: input, cacheWrite: workload.cacheWriteTokens, output: output, burndown: burndown)
  }
}
