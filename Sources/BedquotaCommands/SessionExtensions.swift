import AWSWire
import Bedquota
import BedrockQuotas

extension BedquotaSession {
  /// Reads what ids are resolved with, and prints a note about each list that AWS denies.
  /// - Parameters:
  ///   - requiresQuotas: whether the command has nothing to show without quotas; their error is thrown then.
  ///   - defaultsOnly: leaves the applied values out.
  func context(
    for ids: [InvokedID], facts: Facts, requiresQuotas: Bool = false, defaultsOnly: Bool = false, _ console: Console,
    _ progress: ProgressLine?
  ) async throws -> QuotaContext {
    let region = region
    let context = try await discovery.context(for: ids, facts: facts, defaultsOnly: defaultsOnly) { quotas, pages in
      progress?.update("Reading quotas in \(region): \(quotas) from \(pages) pages …")
    }
    if let error = context.quotasProblem {
      if requiresQuotas { throw error }
      Self.tell("quotas can't be listed, so usage is shown without them", error, console, progress)
    }
    if let error = context.catalogProblem {
      Self.tell("models and profiles can't be listed, so ids are read by rule alone", error, console, progress)
    }
    return context
  }

  private static func tell(_ what: String, _ error: any Error, _ console: Console, _ progress: ProgressLine?) {
    let text = "bedquota: \(what). \((error as? AWSClientError)?.message ?? "\(error)")"
    if let progress { progress.note(text, console) } else { console.note(text) }
  }
}
