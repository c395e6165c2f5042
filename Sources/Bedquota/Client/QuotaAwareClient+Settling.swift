import AWSWire
import AdmissionControl
import Synchronization

/// What a request has cost, and how it ended.
extension QuotaAwareClient {
  func settle(_ reservation: consuming Reservation, _ reply: ModelReply, _ request: ModelRequest) {
    reservation.settle(used: used(reply.usage, request, outputBytes: (reply.text ?? "").utf8.count))
  }

  /// Enters what a reply used; where it doesn't say, what its text comes to.
  func used(_ usage: TokenUsage?, _ request: ModelRequest, outputBytes: Int) -> Amounts {
    let size = request.inputSize
    let (counted, tokens) = book.withLock { book -> (TokenUsage, Int64) in
      if let usage { book.estimator.learn(usage, size, outputBytes: outputBytes) }
      let counted = usage ?? book.estimator.usage(inputBytes: size.bytes, outputBytes: outputBytes)
      let tokens = counted.quotaTokens(burndown: burndown)
      book.statistics.used(
        input: counted.input, output: counted.output, quotaTokens: tokens, isEstimate: usage == nil)
      return (counted, tokens)
    }
    telemetry.used(counted)
    return Amounts(tokens: tokens)
  }

  /// What a stream has come to so far, by its bytes.
  func estimate(_ request: ModelRequest, outputBytes: Int) -> Amounts {
    let inputBytes = request.inputSize.bytes
    let estimator = book.withLock { $0.estimator }
    return Amounts(tokens: estimator.usage(inputBytes: inputBytes, outputBytes: outputBytes).quotaTokens(burndown: burndown))
  }

  /// - Parameter outputBytes: of a stream that broke off; nil: nothing came, or nobody knows how far the model was.
  func outcome(of error: any Error, _ request: ModelRequest, outputBytes: Int? = nil) -> Outcome {
    if let outputBytes, outputBytes > 0 { return .failed(used: estimate(request, outputBytes: outputBytes)) }
    switch InvocationFailure(error) {
    case .throttled(let reason): return .throttled(reason)
    case .capacity: return .capacity
    case .permanent where !(error is CancellationError): return .failed(used: .zero)
    case .lost, .permanent:
      let inputBytes = request.inputSize.bytes
      let estimator = book.withLock { $0.estimator }
      return .failed(used: Amounts(tokens: estimator.average(inputBytes: inputBytes).quotaTokens(burndown: burndown)))
    }
  }

  /// The end of a request, for the statistics and who else counts.
  func end(_ course: RequestCourse, _ usage: TokenUsage?, error: (any Error)?) {
    let took = course.took
    let end: ClientTelemetry.End = error == nil ? .succeeded : error is Refusal ? .refused : .failed
    book.withLock { book in
      book.statistics.update { counts in
        switch end {
        case .succeeded: counts.succeeded += 1
        case .failed: counts.failed += 1
        case .refused:
          counts.failed += 1
          counts.refused += 1
        }
      }
      book.statistics.ended(waited: course.waited, took: took)
    }
    telemetry.ended(end, waited: course.waited, took: took)
    ClientTelemetry.end(course.span, usage, waited: course.waited, attempts: course.attempts, error: error)
  }
}
