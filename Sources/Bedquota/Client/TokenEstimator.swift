import AWSWire
import AdmissionControl
import BedrockQuotas

/// Estimates tokens from bytes: those of a request before it is sent, and those of a reply that doesn't report its usage.
///
/// It learns the number of bytes per token from replies that report their usage, and begins with four bytes of text per token.
struct TokenEstimator: Sendable {
  /// With so many replies, the bound of output is near what the next ones need.
  private static let repliesForBound = 8
  /// The most replies of which the mean output is made, about.
  private static let repliesRemembered = 64
  /// The most past tokens that count: enough for a steady ratio, few enough to adapt to prompts of another kind.
  private static let memory = 200_000.0
  private var input = Ratio()
  private var inputBound = Bound()
  private var cached = CachedPart()
  private var output = Ratio()
  /// Output tokens of a reply, on average, and how far replies are from that on average.
  private var meanOutput = 0.0
  private var outputDeviation = 0.0
  /// Replies of which the two were learnt; at most ``repliesRemembered``.
  private var replies = 0

  /// A number of bytes and the number of tokens in them.
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

    func tokens(of bytes: Int) -> Int { Int(saturating: (Double(bytes) * tokens / self.bytes).rounded(.up)) }
  }

  /// The part of the input that the service read from its prompt cache, of late.
  private struct CachedPart: Sendable {
    /// A few dozen long prompts, so that one new conversation among them changes little.
    private static let memory = 2_000_000.0
    private var read = 0.0
    private var all = 1_000.0

    mutating func learn(_ usage: TokenUsage) {
      read += Double(max(usage.cacheRead, 0))
      all += Double(max(usage.totalInput, 0))
      guard all > Self.memory else { return }
      read /= 2
      all /= 2
    }

    func tokens(of input: Int64) -> Int64 { read == 0 ? 0 : Int64(Double(input) * min(read / all, 1)) }
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

  /// Learns from a reply that its request could have. Requests with media say nothing about bytes of text.
  mutating func learn(_ usage: TokenUsage, _ size: InputSize, outputBytes: Int) {
    let tokens = usage.totalInput
    if size.mediaCount == 0 {
      input.learn(bytes: size.bytes, tokens: tokens)
      if tokens > 0 { inputBound.learn(Double(tokens) / Double(size.estimatedTokens)) }
    }
    cached.learn(usage)
    output.learn(bytes: outputBytes, tokens: usage.output)
    replies = min(replies + 1, Self.repliesRemembered)
    let difference = Double(usage.output) - meanOutput
    meanOutput += difference / Double(replies)
    // The first reply is far from the mean of none, so that the first few bound little.
    outputDeviation += (abs(difference) - outputDeviation) / Double(replies)
  }

  // MARK: - Before a request

  /// What a request reserves: its input and the most output that it allows. The part of its input that a prompt cache serves is expected
  /// to be that of recent replies.
  /// - Parameters:
  ///   - maxTokens: output tokens; 0 for models that produce none.
  ///   - metering: how the endpoint counts.
  ///   - counted: input tokens by Bedrock's own count; nil: an estimate that is too large rather than too small.
  func cost(of size: InputSize, maxTokens: Int64, metering: TokenMetering = .runtime(burndown: 1), counted: Int? = nil) -> Cost {
    let prompt = Int64(min(max(counted ?? inputBound(size), 0), TokenUsage.tokensMax))
    let maxTokens = min(max(maxTokens, 0), Int64(TokenUsage.tokensMax))
    let expected = counted == nil ? min(Int64(inputTokens(of: size)), prompt) : prompt
    var cost = metering.cost(prompt: prompt, expected: expected, maxTokens: maxTokens, outputBound: outputBound)
    cost.cached = cached.tokens(of: expected)
    return cost
  }

  /// Whether enough replies are known that the bound of the next ones' output is near what they need.
  var knowsOutput: Bool { replies >= Self.repliesForBound }

  /// Output tokens that few replies exceed: twice their mean deviation above their mean; `.max` before the first reply.
  private var outputBound: Int64 {
    replies == 0 ? .max : Int64(saturating: (meanOutput + 2 * outputDeviation).rounded(.up))
  }

  /// A high estimate of the input tokens: 3 % above the largest recent ratio, or ``InputSize/estimatedTokens`` until there are
  /// enough samples.
  private func inputBound(_ size: InputSize) -> Int {
    guard let ratio = inputBound.ratio else { return size.estimatedTokens }
    // The estimate never exceeds the one without samples: one unusual request says nothing about a large one.
    let text = size.estimatedTokens - size.mediaTokens
    return Int(saturating: (Double(text) * min(ratio * 1.03, 1)).rounded(.up)) + size.mediaTokens
  }

  /// The usual number of input tokens.
  private func inputTokens(of size: InputSize) -> Int { input.tokens(of: size.bytes) + size.mediaTokens }

  // MARK: - After it

  func usage(of size: InputSize, outputBytes: Int) -> TokenUsage {
    TokenUsage(input: inputTokens(of: size), output: output.tokens(of: outputBytes))
  }

  /// The usage assumed for a reply that was lost entirely: its output is the average of the other replies.
  func average(of size: InputSize) -> TokenUsage {
    TokenUsage(input: inputTokens(of: size), output: Int(saturating: meanOutput.rounded(.up)))
  }

  /// Estimates the usage of a reply that still streams, without asking the estimator at each event.
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
    StreamEstimate(input: inputTokens(of: size), output: output)
  }
}
