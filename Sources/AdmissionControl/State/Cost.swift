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
