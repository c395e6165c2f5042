import AWSClient

/// What a request comes to where its reply doesn't say: a stream that broke off, a reply without usage.
///
/// It learns how many bytes a token has from the replies that do say, and begins with four for text of either kind.
struct TokenEstimator: Sendable {
  /// So many tokens of the past count: enough to be steady, few enough to follow another kind of prompts.
  private static let memory = 200_000.0

  private var input = Ratio()
  private var output = Ratio()
  /// Output tokens of a reply.
  private var meanOutput = 0.0

  private struct Ratio {
    var bytes = 4_000.0
    var tokens = 1_000.0

    mutating func learn(bytes: Int, tokens: Int) {
      guard bytes > 0, tokens > 0 else { return }
      self.bytes += Double(bytes)
      self.tokens += Double(tokens)
      guard self.tokens > TokenEstimator.memory else { return }
      self.bytes /= 2
      self.tokens /= 2
    }

    func tokens(of bytes: Int) -> Int { Int((Double(bytes) * tokens / self.bytes).rounded(.up)) }
  }

  mutating func learn(_ usage: TokenUsage, inputBytes: Int, outputBytes: Int) {
    input.learn(bytes: inputBytes, tokens: usage.input + usage.cacheRead + usage.cacheWrite)
    output.learn(bytes: outputBytes, tokens: usage.output)
    meanOutput = meanOutput == 0 ? Double(usage.output) : meanOutput + (Double(usage.output) - meanOutput) / 64
  }

  func usage(inputBytes: Int, outputBytes: Int) -> TokenUsage {
    TokenUsage(input: input.tokens(of: inputBytes), output: output.tokens(of: outputBytes))
  }

  /// For a reply that was lost whole: as much output as others had.
  func average(inputBytes: Int) -> TokenUsage {
    TokenUsage(input: input.tokens(of: inputBytes), output: Int(meanOutput.rounded(.up)))
  }
}
