/// Tokens of one request, as each kind of meter counts them. Requests count one, always.
public struct Amounts: Sendable, Equatable {
  /// Where input and output have one quota together.
  public var tokens: Int64
  /// Where they have one each.
  public var inputTokens: Int64
  public var outputTokens: Int64

  public static let zero = Amounts()
  /// More than any request has.
  public static let max: Int64 = 1_000_000_000
  @inline(__always)
  static var largest: Amounts { Amounts(tokens: max, inputTokens: max, outputTokens: max) }

  public init(tokens: Int64 = 0, inputTokens: Int64 = 0, outputTokens: Int64 = 0) {
    self.tokens = tokens
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
  }

  /// The same within 0 and ``max``: what a reply says of itself must not be able to do harm.
  var clamped: Amounts {
    Amounts(
      tokens: Swift.min(Swift.max(tokens, 0), Self.max), inputTokens: Swift.min(Swift.max(inputTokens, 0), Self.max),
      outputTokens: Swift.min(Swift.max(outputTokens, 0), Self.max))
  }

  /// Neither negative nor more than so much.
  @inline(__always)
  func isWithin(_ most: Amounts) -> Bool {
    (tokens | inputTokens | outputTokens) >= 0 && tokens <= most.tokens && inputTokens <= most.inputTokens
      && outputTokens <= most.outputTokens
  }

  @inline(__always)
  var isValid: Bool { isWithin(.largest) }
}

/// What a request will cost, as far as that is known before it goes.
public struct Cost: Sendable, Equatable {
  /// What the server debits when the request starts: of Amazon Bedrock, input and max_tokens.
  public var reserved: Amounts
  /// The part of the final cost that is certain: the input.
  public var known: Amounts
  /// What the request is expected to settle to; nil: what requests of the same ``key`` have settled to on average.
  ///
  /// It spaces requests and does nothing else: a wrong one costs throughput, never a throttled request.
  public var predicted: Amounts?
  /// Which requests are alike, for the prediction: a model and a class of max_tokens, say.
  public var key: UInt64

  /// - Parameters: amounts from 0 to ``Amounts/max``; others are refused.
  public init(reserved: Amounts, known: Amounts = .zero, predicted: Amounts? = nil, key: UInt64 = 0) {
    self.reserved = reserved
    self.known = known
    self.predicted = predicted
    self.key = key
  }

  /// A request of a model whose input and output tokens have one quota together, as on Amazon Bedrock's runtime endpoint.
  /// - Parameters:
  ///   - input: input tokens, cached or not.
  ///   - maxTokens: the most output tokens that the request allows.
  public init(input: Int64, maxTokens: Int64, key: UInt64 = 0) {
    let (sum, overflow) = input.addingReportingOverflow(maxTokens)
    self.init(reserved: Amounts(tokens: overflow ? .max : sum), known: Amounts(tokens: input), key: key)
  }

  var isValid: Bool { reserved.isValid && isForetoldValidly }
  @inline(__always)
  var isForetoldValidly: Bool { known.isValid && predicted?.isValid ?? true }
}

/// What a limit counts.
public enum Measure: Int, Sendable, CaseIterable, Hashable {
  case requestsPerMinute
  case tokensPerMinute
  case inputTokensPerMinute
  case outputTokensPerMinute
  case tokensPerDay
  /// Requests under way at once.
  case concurrency
}

/// One limit of a server.
public struct Limit: Sendable, Equatable {
  public var measure: Measure
  /// Requests or tokens per minute or day, or requests at once; 0 lets nothing through.
  public var value: Int64

  public init(_ measure: Measure, _ value: Int64) {
    self.measure = measure
    self.value = value
  }
}

extension Measure {
  @inline(__always)
  var bit: UInt8 { 1 << UInt8(rawValue) }
}

/// ``Amounts`` in half the space, for what is kept of every request that waits or is under way.
struct CompactAmounts: Sendable {
  private var tokens: Int32
  private var inputTokens: Int32
  private var outputTokens: Int32

  /// - Parameter amounts: valid ones.
  @inline(__always)
  init(_ amounts: Amounts) {
    tokens = Int32(truncatingIfNeeded: amounts.tokens)
    inputTokens = Int32(truncatingIfNeeded: amounts.inputTokens)
    outputTokens = Int32(truncatingIfNeeded: amounts.outputTokens)
  }

  @inline(__always)
  var whole: Amounts {
    Amounts(tokens: Int64(tokens), inputTokens: Int64(inputTokens), outputTokens: Int64(outputTokens))
  }
}

extension Amounts {
  /// What a measure counts of a request of these amounts.
  @inline(__always)
  func of(_ measure: Measure) -> Int64 {
    switch measure {
    case .requestsPerMinute, .concurrency: 1
    case .tokensPerMinute, .tokensPerDay: tokens
    case .inputTokensPerMinute: inputTokens
    case .outputTokensPerMinute: outputTokens
    }
  }
}
