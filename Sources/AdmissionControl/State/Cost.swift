/// The cost of a request, as far as it is known before the request is sent.
public struct Cost: Sendable, Equatable {
  /// What the server debits when the request starts. Amazon Bedrock debits the input and `max_tokens`.
  public var reserved: Amounts
  /// Tokens that the server debits on top of ``reserved`` if its reservation counts the burndown: (burndown − 1) × `max_tokens`. The
  /// limiter learns whether it does. 0: that makes no difference.
  public var burndownExtra: Int64 = 0
  /// The part of the final cost that is certain: the input.
  public var known: Amounts
  /// Input tokens among ``known`` that the service is expected to read from its prompt cache: they cost nothing in the end. 0 or more.
  /// The prediction leaves them out, and the reservation holds them all the same.
  public var cached: Int64 = 0
  /// The expected final cost; nil: ``known`` without ``cached``, plus the average cost of earlier requests with the same ``key`` beyond their known
  /// part.
  ///
  /// The prediction only spaces requests over time. A wrong one costs throughput; it never causes a throttled request.
  public var predicted: Amounts?
  /// Groups similar requests for the prediction, for example by model and magnitude of `max_tokens`. 0: the request belongs to no
  /// group.
  public var key: UInt64

  /// All amounts must be 0 to ``Amounts/tokensMax``; the limiter refuses others with ``Refusal/Code/invalidCost``.
  /// - Parameters:
  ///   - reserved: what the server debits when the request starts.
  ///   - known: the part of the final cost that is certain.
  ///   - predicted: the expected final cost; nil: learnt from earlier requests.
  ///   - key: groups similar requests.
  public init(reserved: Amounts, known: Amounts = .zero, predicted: Amounts? = nil, key: UInt64 = 0) {
    self.reserved = reserved
    self.known = known
    self.predicted = predicted
    self.key = key
  }

  /// A request to a service that limits input and output tokens together, such as Amazon Bedrock's runtime endpoint.
  /// - Parameters:
  ///   - input: input tokens, cached or not.
  ///   - maxTokens: the most output tokens that the request allows.
  ///   - key: groups similar requests.
  public init(input: Int64, maxTokens: Int64, key: UInt64 = 0) {
    let (sum, overflow) = input.addingReportingOverflow(maxTokens)
    self.init(reserved: Amounts(tokens: overflow ? .max : sum), known: Amounts(tokens: input), key: key)
  }

  /// What the request reserves if the burndown counts.
  @inline(__always)
  var reservedWithBurndown: Int64 { reserved.tokens + burndownExtra }

  /// What of ``known`` is expected to be charged in the end.
  @inline(__always)
  var charged: Amounts {
    guard cached > 0 else { return known }
    return Amounts(
      tokens: max(0, known.tokens - cached), inputTokens: max(0, known.inputTokens - cached), outputTokens: known.outputTokens)
  }

  var isValid: Bool {
    reserved.isValid && hasValidPrediction && burndownExtra >= 0 && burndownExtra <= Amounts.tokensMax - reserved.tokens
  }
  @inline(__always)
  var hasValidPrediction: Bool { known.isValid && cached >= 0 && predicted?.isValid ?? true }
}
