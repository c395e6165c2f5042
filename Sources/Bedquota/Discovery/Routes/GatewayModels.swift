import BedrockQuotas

/// What a gateway's configuration would say about a model: one name for the ids that requests may go to.
///
/// Ids of one list lead to the same geography. A profile that takes requests elsewhere is set apart, because only the user may
/// decide where prompts are processed.
package struct GatewayModels: Sendable, Equatable {
  package struct List: Sendable, Equatable {
    /// `nova-pro`; with the geography at its end if there are several lists.
    package var name: String
    /// Provisioned throughput first, then the geographic profile, then the model's own id.
    package var ids: [String]
    /// Where the ids are from.
    package var regions: [String]
  }

  package var lists: [List]
  /// Usable profiles that no list has because they lead elsewhere, the global one last.
  package var apart: [ModelRoute]

  /// - Parameter answers: the routes of one model in several places.
  package init(_ answers: [ModelRoutes]) {
    (lists, apart) = ([], [])
    guard let model = answers.first?.model else { return }
    // Each pool needs one id alone.
    let picked = answers.map { ($0.region, Self.pick($0.routes.filter(\.isUsable))) }.filter { !$0.1.isEmpty }
    var order: [String] = []
    var groups: [String: List] = [:]
    for (region, routes) in picked {
      let geography = routes.compactMap(\.geography).first ?? ""
      if groups[geography] == nil {
        order.append(geography)
        groups[geography] = List(name: geography, ids: [], regions: [])
      }
      groups[geography]?.add(routes.map(\.id), in: region)
    }
    let name = Self.name(of: model)
    lists = order.map { geography in
      var list = groups[geography]!
      list.name = order.count > 1 && !geography.isEmpty ? "\(name)-\(geography)" : name
      return list
    }
    let named = Set(lists.flatMap(\.ids))
    var seen: Set<String> = []
    apart = answers.flatMap(\.routes).filter { route in
      route.kind == .systemProfile && route.isUsable && !named.contains(route.id) && seen.insert(route.id).inserted
    }.sorted { left, right in left.isGlobal == right.isGlobal ? left.id < right.id : right.isGlobal }
  }

  /// `nova-pro` of `amazon.nova-pro-v1:0`.
  package static func name(of model: ModelID) -> String { String(model.mantleKey.dropFirst(model.provider.utf8.count + 1)) }

  /// The routes that a list names. Of several geographic profiles, which share one pool, it is the one with the fewest Regions.
  private static func pick(_ usable: [ModelRoute]) -> [ModelRoute] {
    let geographic = usable.filter { $0.geography != nil }.min { left, right in
      (left.destinations.count, left.id) < (right.destinations.count, right.id)
    }
    return usable.filter { $0.kind == .provisioned } + [geographic].compactMap(\.self) + usable.filter { $0.kind == .model }
  }
}

extension GatewayModels.List {
  fileprivate mutating func add(_ others: [String], in region: String) {
    ids += others.filter { !ids.contains($0) }
    if !regions.contains(region) { regions.append(region) }
  }
}
