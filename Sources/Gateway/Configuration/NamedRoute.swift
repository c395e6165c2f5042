/// Where a name of the configuration's `models` leads.
package struct NamedRoute: Sendable, Equatable {
  /// The id that is invoked.
  package var id: String
  /// The name of the account; nil: the first one that serves the Region.
  package var account: String?
  /// nil: the one that the request asks for.
  package var region: String?
  /// Whether it is an entry of a list. Without a Region it stands for every Region of its account, and without an account for those of
  /// all accounts.
  package var isListEntry: Bool

  package init(id: String, account: String? = nil, region: String? = nil, isListEntry: Bool = false) {
    (self.id, self.account, self.region, self.isListEntry) = (id, account, region, isListEntry)
  }
}

extension NamedRoute {
  /// An account as far as routes look at it.
  struct Account: Sendable {
    var name: String
    /// Empty: every Region.
    var regions: [String]
  }

  /// An account and one of its Regions; nil: the one that the request asks for.
  struct Place: Sendable, Hashable {
    var account: String
    var region: String?
  }

  /// Where an entry of a list leads, in order.
  /// - Parameter accounts: those of the configuration, in their order.
  func places(in accounts: [Account]) -> [Place] {
    let named = accounts.filter { account == nil || $0.name == account }
    if let region {
      let first = named.first { $0.regions.isEmpty || $0.regions.contains(region) }
      return first.map { [Place(account: $0.name, region: region)] } ?? []
    }
    return named.flatMap { account in
      account.regions.isEmpty
        ? [Place(account: account.name, region: nil)] : account.regions.map { Place(account: account.name, region: $0) }
    }
  }
}

extension [NamedRoute] {
  /// How many candidates the entries of a list are at most: an account with every Region has one for each, whatever Region a request
  /// asks for.
  func candidatesCount(in accounts: [NamedRoute.Account]) -> Int {
    var places: [String: Set<NamedRoute.Place>] = [:]
    for route in self where route.isListEntry { places[route.id, default: []].formUnion(route.places(in: accounts)) }
    return places.values.reduce(0) { $0 + $1.count }
  }
}
