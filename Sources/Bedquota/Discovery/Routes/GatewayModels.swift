import BedrockQuotas

/// What a gateway's configuration would say about a model: one name for the ids that requests may go to.
///
/// Ids of one list lead to the same geography. A profile that takes requests elsewhere is set apart, because only the user may
/// decide where prompts are processed.
package struct GatewayModels: Sendable, Equatable {
  package struct Entry: Sendable, Hashable {
    package var id: String
    /// nil: every Region of the gateway's accounts.
    package var region: String?
  }

  package struct List: Sendable, Equatable {
    /// `nova-pro`; with the geography at its end if there are several lists.
    package var name: String
    /// Provisioned throughput first, then the geographic profile, then the model's own id.
    package var entries: [Entry]
    /// Where the entries are from.
    package var regions: [String]
  }

  /// Their names differ.
  package var lists: [List]
  /// Usable profiles that no list has because they lead elsewhere, the global one last.
  package var apart: [ModelRoute]

  /// - Parameter answers: the routes of one model in several places.
  package init(_ answers: [ModelRoutes]) {
    let groups = Self.groups(answers)
    let name = answers.first.map { Self.name(of: $0.model) } ?? ""
    lists = groups.map { $0.list(of: name, isAlone: groups.count == 1) }
    let named = Set(lists.flatMap(\.entries).map(\.id))
    var seen: Set<String> = []
    apart = answers.flatMap(\.routes).filter { route in
      route.kind == .systemProfile && route.isUsable && !named.contains(route.id) && seen.insert(route.id).inserted
    }.sorted { left, right in left.isGlobal == right.isGlobal ? left.id < right.id : right.isGlobal }
  }

  /// `nova-pro` of `amazon.nova-pro-v1:0`.
  package static func name(of model: ModelID) -> String { String(model.mantleKey.dropFirst(model.provider.utf8.count + 1)) }

  /// The routes that lists name, by geography.
  private static func groups(_ answers: [ModelRoutes]) -> [Group] {
    var groups: [Group] = []
    for answer in answers {
      let picked = pick(answer.routes.filter(\.isUsable))
      guard !picked.isEmpty else { continue }
      let geography = picked.lazy.compactMap(\.geography).first ?? geography(of: answer.region)
      let index = groups.firstIndex { $0.geography == geography } ?? groups.endIndex
      if index == groups.endIndex { groups.append(Group(geography: geography)) }
      groups[index].routes += picked.map { (answer.region, $0) }
    }
    return groups
  }

  /// `us` of `us-east-1`, for a Region without a geographic profile. Its requests must not join those of another part of the world.
  private static func geography(of region: String) -> String { region.split(separator: "-").dropLast(2).joined(separator: "-") }

  /// The routes that a list names: an id for each pool. Of several geographic profiles, which share one pool, it is the one with the
  /// fewest Regions.
  private static func pick(_ usable: [ModelRoute]) -> [ModelRoute] {
    let geographic = usable.filter { $0.geography != nil }.min { left, right in
      (left.destinations.count, left.id) < (right.destinations.count, right.id)
    }
    return usable.filter { $0.kind == .provisioned } + [geographic].compactMap(\.self) + usable.filter { $0.kind == .model }
  }

  /// The routes of one geography, with the Regions in which they were found.
  private struct Group {
    var geography: String
    var routes: [(region: String, route: ModelRoute)] = []

    init(geography: String) { self.geography = geography }

    /// - Parameter isAlone: whether there is no other geography.
    func list(of model: String, isAlone: Bool) -> List {
      var regions: [String] = []
      for (region, _) in routes where !regions.contains(region) { regions.append(region) }
      // The model's own id processes requests in the Region that it is sent to. Without a Region, an entry stands for all of the
      // gateway's accounts, and those may be in another geography.
      let hasProfile = routes.contains { $0.route.geography != nil }
      let namesRegions = !isAlone || (regions.count > 1 && !hasProfile)
      var entries: [Entry] = []
      for kind in [ModelRoute.Kind.provisioned, .systemProfile, .model] {
        for (region, route) in routes where route.kind == kind {
          let entry = Entry(id: route.id, region: namesRegions && kind == .model ? region : nil)
          if !entries.contains(entry) { entries.append(entry) }
        }
      }
      return List(name: isAlone ? model : "\(model)-\(geography)", entries: entries, regions: regions)
    }
  }
}
