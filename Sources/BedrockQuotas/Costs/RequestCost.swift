/// What a request takes from a quota of tokens: R when it starts, F once it has ended. Both in quota tokens.
///
/// | input | cache read | cache write | max_tokens | output | burndown | R | F |
/// |---|---|---|---|---|---|---|---|
/// | 3,000 | 0 | 0 | 1,000 | 500 | 1 | 4,000 | 3,500 |
/// | 3,000 | 0 | 0 | 1,000 | 500 | 5 | 4,000 | 5,500 |
/// | 100 | 9,000 | 0 | 1,000 | 500 | 5 | 10,100 | 2,600 |
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html; that cache reads are reserved and given back
/// is in github.com/aws/agent-toolkit-for-aws (quota-health.md).
public struct RequestCost: Sendable, Equatable {
  /// R: input, cache reads and writes, and max_tokens; nil where one of them is not known. Burndown has no part in it.
  public var reservation: Int?
  /// F: input, cache writes, and output times its burndown; nil where one of them is not known.
  public var final: Int?
  /// What is reserved for the output: max_tokens, else the model's maximum output; nil where neither is known.
  public var reservedOutput: Int?

  /// - Parameters:
  ///   - maxOutputTokens: the most that the model can put out; nil where not known.
  ///   - outputBurndown: quota tokens for an output token, 1 to 1,000; nil where not known.
  public init(_ workload: Workload, maxOutputTokens: Int?, outputBurndown: Int?) {
    let reservedOutput = workload.maxTokens ?? maxOutputTokens
    self.reservedOutput = reservedOutput
    if let prompt = workload.promptTokens, let reservedOutput {
      reservation = Self.reservation(prompt: prompt, maxTokens: reservedOutput)
    }
    guard let input = workload.inputTokens, let output = workload.outputTokens else { return }
    // Without output, the burndown doesn't matter.
    guard let burndown = output == 0 ? 1 : outputBurndown else { return }
    final = Self.final(input: input, cacheWrite: workload.cacheWriteTokens, output: output, burndown: burndown)
  }
}
