import Bedquota
import Reports

extension RoutedModels {
  /// The names that were asked for, sorted.
  /// - Parameter now: seconds since 1970.
  func status(_ metrics: GatewayMetrics, now: Int) -> [LiveStatus.Route] {
    let (all, droppedSpills) = shown
    return all.sorted { $0.key < $1.key }.map { name, models in
      models.reduce(into: LiveStatus.Route(name: name, spills: droppedSpills[name] ?? 0)) { route, model in
        let state = model.router.state
        route.spills += state.spills
        for (index, candidate) in model.candidates.enumerated() {
          route.add(candidate.place, requests: metrics.routed(name, candidate.place.label)) { shown in
            shown.sessions += state.sessions[index]
            guard let rest = state.rests[index] else { return }
            // A rest that ends now has not ended yet.
            let end = now + Int((rest / .seconds(1)).rounded(.up))
            shown.restingUntil = Timestamp(seconds: max(shown.restingUntil?.seconds ?? 0, end))
          }
        }
      }
    }
  }
}

extension LiveStatus.Route {
  /// Several routers of a name may have the same candidate, which is shown once.
  fileprivate mutating func add(_ place: RouteCandidate, requests: UInt64, _ change: (inout LiveStatus.Candidate) -> Void) {
    let index = candidates.firstIndex { $0.route == place.label } ?? candidates.count
    if index == candidates.count {
      candidates.append(
        .init(route: place.label, id: place.id, account: place.account.name, region: place.region, requests: requests))
    }
    change(&candidates[index])
  }
}
