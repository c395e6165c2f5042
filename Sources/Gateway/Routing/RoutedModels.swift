import Bedquota
import Synchronization

/// The routers of all names with a list.
///
/// A name has one router for as long as its candidates and their queues stay the same, also after a reload. Others are made where
/// accounts with every Region get requests for several of them, or an API is on another endpoint.
final class RoutedModels: Sendable {
  /// The most routers of a name. What is forgotten is made again, without what was cached where.
  static let routersMax = 32

  private struct State {
    /// By their names; of each, the one that was used last is the last.
    var models: [String: [RoutedModel]] = [:]
    /// The spills of routers that were dropped, by their names: a counter never falls.
    var droppedSpills: [String: UInt64] = [:]
    /// Where the names lead since the last reload; nil: there was none.
    var lists: RouteLists?

    mutating func drop(_ model: RoutedModel) {
      let spills = model.router.state.spills
      if spills > 0 { droppedSpills[model.name, default: 0] += spills }
    }
  }

  private let state = Mutex(State())

  /// The router of a name, which is made if there is none.
  /// - Throws: ``BedquotaError`` (`configuration`) for no candidate.
  func model(_ name: String, _ candidates: [RoutedModel.Candidate]) throws -> RoutedModel {
    try state.withLock { state in
      var models = state.models[name] ?? []
      if let index = models.firstIndex(where: { $0.has(candidates) }) {
        let known = models[index]
        guard index < models.count - 1 else { return known }
        models.remove(at: index)
        models.append(known)
        state.models[name] = models
        return known
      }
      let made = try RoutedModel(name, candidates)
      // A request that began before a reload goes where it was to go, and nothing is kept of it.
      if let lists = state.lists, !lists.lead(made) { return made }
      models.append(made)
      if models.count > Self.routersMax { state.drop(models.removeFirst()) }
      state.models[name] = models
      return made
    }
  }

  /// Forgets the routers with candidates to which the configuration doesn't lead any more; requests in progress keep theirs.
  func keep(_ models: [String: [NamedRoute]], in accounts: GatewayAccounts) {
    let lists = RouteLists(models, in: accounts)
    state.withLock { state in
      state.lists = lists
      for (name, routers) in state.models {
        let kept = routers.filter { lists.lead($0) }
        for model in routers where !kept.contains(where: { $0 === model }) { state.drop(model) }
        state.models[name] = kept.isEmpty ? nil : kept
      }
    }
  }

  /// The routers, and how many spills those had that were dropped, by their names. Both are of one time, or a router that is dropped
  /// in between would count twice or not at all.
  var shown: (models: [String: [RoutedModel]], droppedSpills: [String: UInt64]) {
    state.withLock { ($0.models, $0.droppedSpills) }
  }
}
