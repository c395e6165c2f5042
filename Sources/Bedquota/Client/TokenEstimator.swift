import AWSWire

/// What a request comes to before it is sent, and where its reply doesn't say: a stream that broke off, a reply without usage.
///
/// It learns how many bytes a token has from the replies that do say, and begins with four for text of either kind.
struct TokenEstimator: Sendable {
  /// So many tokens of the past count: enough to be steady, few enough to follow another kind of prompts.
  private static let memory = 200_000.0

  private var input = Ratio()
  private var inputBound = Bound()
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

  /// The most that requests came to beside ``InputSize/estimatedTokens``, of the last 500 to 1,000.
  private struct Bound {
    private var newest = 0.0
    private var before = 0.0
    private var count = 0
    private var hasEnough = false

    mutating func learn(_ ratio: Double) {
      newest = max(newest, ratio)
      count += 1
      if count == 32 { hasEnough = true }
      guard count >= 500 else { return }
      (before, newest, count) = (newest, 0, 0)
    }

    /// nil before there are 32 of them.
    var ratio: Double? { hasEnough ? max(newest, before) : nil }
  }

  mutating func learn(_ usage: TokenUsage, _ size: InputSize, outputBytes: Int) {
    let tokens = usage.input + usage.cacheRead + usage.cacheWrite
    input.learn(bytes: size.bytes, tokens: tokens)
    if size.attachments == 0, tokens > 0 { inputBound.learn(Double(tokens) / Double(size.estimatedTokens)) }
    output.learn(bytes: outputBytes, tokens: usage.output)
    meanOutput = meanOutput == 0 ? Double(usage.output) : meanOutput + (Double(usage.output) - meanOutput) / 64
  }

  /// Input tokens of a request, rather too many than too few: 3 % above the most of its like, or what bytes come to as a rule
  /// as long as little is known.
  func inputBound(_ size: InputSize) -> Int {
    guard size.attachments == 0, let ratio = inputBound.ratio else { return size.estimatedTokens }
    // Never more than without having learnt: one odd request says nothing of a large one.
    return Int((Double(size.estimatedTokens) * min(ratio * 1.03, 1)).rounded(.up))
  }

  func usage(inputBytes: Int, outputBytes: Int) -> TokenUsage {
    TokenUsage(input: input.tokens(of: inputBytes), output: output.tokens(of: outputBytes))
  }

  /// For a reply that was lost whole: as much output as others had.
  func average(inputBytes: Int) -> TokenUsage {
    TokenUsage(input: input.tokens(of: inputBytes), output: Int(meanOutput.rounded(.up)))
  }
}
