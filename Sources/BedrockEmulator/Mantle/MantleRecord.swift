/// An inference that has ended, for the metrics of bedrock-mantle.
struct MantleRecord: Sendable {
  enum Outcome: Sendable {
    case success
    /// A 4xx, or a client that left.
    case clientError
    /// A 5xx, which no metric counts.
    case serverError

    init(_ outcome: InvocationRecord.Outcome) {
      switch outcome {
      case .success: self = .success
      case .rejected, .clientError: self = .clientError
      case .throttled, .serverError: self = .serverError
      }
    }
  }

  var model: String
  var project: String
  var outcome: Outcome
  var tokens = TokenCounts(input: 0, output: 0)

  /// What each metric gets of it.
  var values: [(metric: MantleMetric, value: Int)] {
    var values: [(MantleMetric, Int)] = []
    switch outcome {
    case .success: values.append((.inferences, 1))
    case .clientError: values.append((.clientErrors, 1))
    case .serverError: break
    }
    // A reply that broke off was generated in part; a refused request has no tokens.
    if outcome == .success || tokens.allInput + tokens.output > 0 {
      values += [(.totalInputTokens, tokens.allInput), (.inputTokens, tokens.allInput)]
      values += [(.totalOutputTokens, tokens.output), (.outputTokens, tokens.output)]
    }
    return values
  }
}
