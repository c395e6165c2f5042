import AWSServer
import Bedquota

/// The accounts of a gateway, from its start to its end.
struct GatewayAccounts: Sendable {
  /// Where a request goes.
  struct Place: Sendable {
    var account: GatewayAccount
    var region: String
  }

  /// In the order of the configuration.
  let all: [GatewayAccount]
  /// The default one.
  let first: GatewayAccount

  /// - Parameters:
  ///   - settings: those of the configuration; empty: the gateway's own account alone.
  ///   - own: the session with the gateway's own credentials, in its Region.
  /// - Throws: `AWSClientError` (`region`) for text that can't be a Region's name.
  init(_ settings: [AccountSettings], own: BedquotaSession, options: QuotaPools.Options) throws {
    // The user may have chosen another one of the Regions as the default.
    first = GatewayAccount(
      try AccountSession(settings.first ?? AccountSettings(), own: own, region: own.region), options: options)
    all = [first] + (try settings.dropFirst().map { GatewayAccount(try AccountSession($0, own: own), options: options) })
  }

  /// Where a request goes: to the account of its route, or else to the first one that serves its Region.
  /// - Parameters:
  ///   - asked: the Region that the request was signed for; nil: none.
  ///   - route: where the configuration says that the name of its model leads; nil: nowhere.
  func place(asked: String?, route: NamedRoute? = nil) throws(GatewayRefusal) -> Place {
    if let route, route.isListEntry, let first = candidates(of: [route], asked: asked).first {
      return Place(account: first.account, region: first.region)
    }
    let candidates = route?.account.map { name in all.filter { $0.name == name } } ?? all
    guard let region = route?.region ?? asked else {
      // The configuration names no other accounts than there are.
      let account = candidates.first ?? first
      return Place(account: account, region: account.home)
    }
    guard let account = candidates.first(where: { $0.serves(region) }) else { throw refusal(of: region, candidates, route) }
    return Place(account: account, region: region)
  }

  /// The accounts as far as routes look at them.
  var named: [NamedRoute.Account] { all.map { NamedRoute.Account(name: $0.name, regions: $0.regions) } }

  /// Where the requests of a name with a list may go, in order, each place once.
  /// - Parameter asked: the Region that a request was signed for, which counts for accounts with every Region; nil: none.
  func candidates(of routes: [NamedRoute], asked: String?) -> [RouteCandidate] {
    let named = named
    var found: [RouteCandidate] = []
    for route in routes {
      for place in route.places(in: named) {
        guard let account = all.first(where: { $0.name == place.account }) else { continue }
        let candidate = RouteCandidate(account: account, region: place.region ?? asked ?? account.home, id: route.id)
        if account.serves(candidate.region), !found.contains(candidate) { found.append(candidate) }
      }
    }
    return found
  }

  /// Accounts are not named: their names may be their numbers, which are nothing for callers.
  private func refusal(of region: String, _ candidates: [GatewayAccount], _ route: NamedRoute?) -> GatewayRefusal {
    var regions: [String] = []
    for name in candidates.flatMap(\.regions) where !regions.contains(name) { regions.append(name) }
    let isOpen = candidates.contains { $0.regions.isEmpty }
    let served = isOpen ? "those that have Bedrock" : regions.joined(separator: ", ")
    let what = route?.account == nil ? "requests for" : "requests for this model in"
    return GatewayRefusal(
      AWSFault(
        code: "AccessDeniedException",
        message: "The gateway takes no \(what) the Region \(region); it serves \(served).", status: 403), nil)
  }
}
