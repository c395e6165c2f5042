/// Where the names of a configuration lead, to compare routers with.
struct RouteLists: Sendable {
  private let models: [String: [NamedRoute]]
  private let accounts: [NamedRoute.Account]

  init(_ models: [String: [NamedRoute]], in accounts: GatewayAccounts) {
    (self.models, self.accounts) = (models, accounts.named)
  }

  /// Whether its name still leads to all its candidates, in their order.
  func lead(_ model: RoutedModel) -> Bool {
    let places = (models[model.name] ?? []).filter(\.isListEntry).flatMap { route in
      route.places(in: accounts).map { (id: route.id, place: $0) }
    }
    var last = -1
    for candidate in model.candidates.map(\.place) {
      // A place without a Region is in the one that a request asks for.
      let index = places.firstIndex { id, place in
        id == candidate.id && place.account == candidate.account.name && (place.region ?? candidate.region) == candidate.region
      }
      guard let index, index > last else { return false }
      last = index
    }
    return true
  }
}
