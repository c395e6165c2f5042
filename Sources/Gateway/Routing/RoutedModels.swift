import Synchronization

/// The routers of all names that lead to several candidates.
///
/// A name has one router for as long as its candidates and their queues stay the same, also after a reload. Others are made where
/// accounts with every Region get requests for several of them, or an API is on another endpoint.
final class RoutedModels: Sendable {
  /// The most routers of a name. What is forgotten is made again, without what was cached where.
  private static let routersMax = 32

  private let models = Mutex<[String: [RoutedModel]]>([:])

  /// The router of a name, which is made if there is none.
  /// - Throws: ``BedquotaError`` (`configuration`) for no candidate.
  func model(_ name: String, _ candidates: [RoutedModel.Candidate]) throws -> RoutedModel {
    try models.withLock { models in
      if let known = models[name]?.first(where: { $0.has(candidates) }) { return known }
      let made = try RoutedModel(name, candidates)
      models[name, default: []].append(made)
      if let count = models[name]?.count, count > Self.routersMax { models[name]?.removeFirst() }
      return made
    }
  }

  /// Forgets the names that the configuration has no more; requests in progress keep theirs.
  func keep(_ names: some Collection<String>) {
    let names = Set(names)
    models.withLock { models in models = models.filter { names.contains($0.key) } }
  }

  /// By their names.
  var all: [String: [RoutedModel]] { models.withLock { $0 } }
}
