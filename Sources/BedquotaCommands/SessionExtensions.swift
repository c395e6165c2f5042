import AWSClient
import Bedquota

extension BedquotaSession {
  /// Models and profiles, or nothing and a word about it where they can't be read: ids then resolve by rule.
  func catalogOrEmpty(_ console: Console) async -> ModelCatalog {
    do {
      return try await discovery.catalog()
    } catch is CancellationError {
      return .empty
    } catch {
      let why = (error as? AWSClientError)?.message ?? "\(error)"
      console.note("bedquota: models and profiles can't be listed, so ids are read by rule alone. \(why)")
      return .empty
    }
  }
}
