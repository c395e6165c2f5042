import AWSWire
import AdmissionControl
import BedrockQuotas

/// Estimates tokens by bytes: of a request before it is sent, and of a reply that doesn't say what it used.
///
/// It learns the bytes of a token from the replies that do say, and begins with four bytes of text for a token.
struct TokenEstimator: Sendable {
  /// Tokens of the past that count: enough to be steady, few enough to follow prompts of another kind.
  private static let memory = 200_000.0
  /// Tokens of a picture or document, as a rule; ``InputSize/estimatedTokens`` has the upper end.
  private static let tokensOfAttachment = 1_200

  private var input = Ratio()
  private var inputBound = Bound()
  private var output = Ratio()
  /// Output tokens of a reply, on average.
  private var meanOutput = 0.0

  /// Bytes and the tokens that they were.
  fileprivate struct Ratio: Sendable {
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

  /// The largest ratio of a request's input tokens to ``InputSize/estimatedTokens``, over the last 500 to 1,000 requests.
  private struct Bound: Sendable {
    private static let samplesMin = 32
    private static let samplesMax = 500

    private var newest = 0.0
    private var before = 0.0
    private var count = 0
    private var hasEnough = false

    mutating func learn(_ ratio: Double) {
      newest = max(newest, ratio)
      count += 1
      if count == Self.samplesMin { hasEnough = true }
      guard count >= Self.samplesMax else { return }
      (before, newest, count) = (newest, 0, 0)
    }

    /// nil before there are enough samples.
    var ratio: Double? { hasEnough ? max(newest, before) : nil }
  }

  mutating func learn(_ usage: TokenUsage, _ size: InputSize, outputBytes: Int) {
    let tokens = usage.totalInput
    input.learn(bytes: size.bytes, tokens: tokens)
    if size.attachments == 0, tokens > 0 { inputBound.learn(Double(tokens) / Double(size.estimatedTokens)) }
    output.learn(bytes: outputBytes, tokens: usage.output)
    meanOutput = meanOutput == 0 ? Double(usage.output) : meanOutput + (Double(usage.output) - meanOutput) / 64
  }

  // MARK: - Before a request

  /// What a request reserves: its input and the most output that it allows.
  /// - Parameters:
  ///   - maxTokens: output tokens; 0 for models that bring none.
  ///   - counted: input tokens by Bedrock's own count; nil: an estimate, rather too large than too small.
  func cost(of size: InputSize, maxTokens: Int64, counted: Int? = nil) -> Cost {
    let prompt = Int64(counted ?? inputBound(size))
    let expected = input.tokens(of: size.bytes) + size.attachments * Self.tokensOfAttachment
    return Cost(
      reserved: Amounts(tokens: RequestCost.reservation(prompt: prompt, maxTokens: maxTokens)),
      known: Amounts(tokens: counted.map(Int64.init) ?? min(Int64(expected), prompt)),
      // Replies to requests with max_tokens of the same magnitude are alike.
      key: UInt64(64 - maxTokens.leadingZeroBitCount))
  }

  /// Input tokens, rather too many than too few: 3 % above the largest ratio of late, or ``InputSize/estimatedTokens`` while
  /// there are few samples.
  private func inputBound(_ size: InputSize) -> Int {
    guard size.attachments == 0, let ratio = inputBound.ratio else { return size.estimatedTokens }
    // Never more than without samples: one odd request says nothing of a large one.
    return Int((Double(size.estimatedTokens) * min(ratio * 1.03, 1)).rounded(.up))
  }

  // MARK: - After it

  func usage(inputBytes: Int, outputBytes: Int) -> TokenUsage {
    TokenUsage(input: input.tokens(of: inputBytes), output: output.tokens(of: outputBytes))
  }

  /// For a reply that was lost whole: as much output as the others had.
  func average(inputBytes: Int) -> TokenUsage {
    TokenUsage(input: input.tokens(of: inputBytes), output: Int(meanOutput.rounded(.up)))
  }

  /// The estimate of a reply that still streams, without asking the estimator at each event.
  struct StreamEstimate: Sendable {
    private var input = 0
    private var output = Ratio()

    init() {}

    fileprivate init(input: Int, output: Ratio) {
      self.input = input
      self.output = output
    }

    func usage(outputBytes: Int) -> TokenUsage { TokenUsage(input: input, output: output.tokens(of: outputBytes)) }
  }

  func streamEstimate(of size: InputSize) -> StreamEstimate {
    StreamEstimate(input: input.tokens(of: size.bytes), output: output)
  }
}
