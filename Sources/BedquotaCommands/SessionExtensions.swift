import AWSClient
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

  /// What resolves ids for commands that have something to show without quotas too.
  ///
  /// Where AWS refuses to list them, that is said and there are none; a failure that would meet the next call as well is thrown.
  func resolver(
    for ids: [InvokedID], facts: Facts, _ console: Console, _ progress: ProgressLine
  ) async throws -> (resolver: QuotaResolver, catalog: ModelCatalog) {
    async let listed = discovery.catalog()
    async let listing = discovery.inventory(facts: facts)
    var inventory = QuotaInventory(region: region, quotas: [])
    var catalog = ModelCatalog.empty
    do { inventory = try await listing.inventory } catch let error as AWSClientError where error.code == .service {
      Self.tell("quotas can't be listed, so use stands without them", error, console, progress)
    }
    do { catalog = try await listed } catch let error as AWSClientError where error.code == .service {
      Self.tell("models and profiles can't be listed, so ids are read by rule alone", error, console, progress)
    }
    catalog = await discovery.adding(profilesFor: ids, to: catalog)
    return (catalog.resolver(for: inventory, facts: facts), catalog)
  }

  private static func tell(_ what: String, _ error: any Error, _ console: Console, _ progress: ProgressLine?) {
    let text = "bedquota: \(what). \((error as? AWSClientError)?.message ?? "\(error)")"
    if let progress { progress.note(text, console) } else { console.note(text) }
  }
}
