import AWSClient
import Bedquota

extension BedquotaSession {
  /// Models and profiles, or nothing and a word about it where they can't be read: ids then resolve by rule.
  func catalogOrEmpty(_ console: Console, _ progress: ProgressLine?) async -> ModelCatalog {
    do {
      return try await discovery.catalog()
    } catch is CancellationError {
      return .empty
    } catch {
      let why = (error as? AWSClientError)?.message ?? "\(error)"
      let text = "bedquota: models and profiles can't be listed, so ids are read by rule alone. \(why)"
      if let progress { progress.note(text, console) } else { console.note(text) }
      return .empty
    }
  }
}
