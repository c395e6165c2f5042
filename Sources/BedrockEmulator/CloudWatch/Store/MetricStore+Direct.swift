package import Foundation

extension MetricStore {
  /// The end of an invocation that was not made through the emulator.
  package enum Ending: Sendable {
    case success(latencyMilliseconds: Int, firstTokenMilliseconds: Int?, quotaTokens: Int)
    case throttled, rejected, serverError, clientError
  }

  /// Records an invocation that was not made through the emulator.
  package func record(
    _ modelID: String, _ ending: Ending, input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite: Int = 0, at date: Date
  ) {
    let outcome: InvocationRecord.Outcome =
      switch ending {
      case .success: .success
      case .throttled: .throttled
      case .rejected: .rejected
      case .serverError: .serverError
      case .clientError: .clientError
      }
    var record = InvocationRecord(modelID: modelID, outcome: outcome)
    record.tokens = TokenCounts(input: input, cacheRead: cacheRead, cacheWrite: cacheWrite, output: output)
    if case .success(let latency, let firstToken, let quotaTokens) = ending {
      record.latencyMilliseconds = latency
      record.firstTokenMilliseconds = firstToken
      record.quotaTokens = quotaTokens
    }
    self.record(record, at: date)
  }
}
