import AWSWire
import Bedquota
import BedrockQuotas

extension BedquotaSession {
  /// Models and profiles, or nothing and a word about it where they can't be read: ids then resolve by rule.
  func catalogOrEmpty(_ console: Console, _ progress: ProgressLine?) async -> ModelCatalog {
    do {
      return try await discovery.catalog()
    } catch is CancellationError {
      return .empty
    } catch {
      Self.tell("models and profiles can't be listed, so ids are read by rule alone", error, console, progress)
      return .empty
    }
  }

  /// What resolves ids for commands that have something to show without quotas too, and a word about what can't be listed.
  func context(
    for ids: [InvokedID], facts: Facts, _ console: Console, _ progress: ProgressLine
  ) async throws -> QuotaContext {
    let region = region
    let context = try await discovery.context(for: ids, facts: facts) { quotas, pages in
      progress.update("Reading quotas in \(region): \(quotas) from \(pages) pages …")
    }
    if let error = context.quotasProblem {
      Self.tell("quotas can't be listed, so use stands without them", error, console, progress)
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
