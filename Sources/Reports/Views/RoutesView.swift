package import Bedquota
import BedrockQuotas

/// `routes`: every way to invoke a model, the quotas that count them, and what a gateway's configuration would say.
package struct RoutesView: View {
  package var model: ModelID
  /// The routes of each place, their pools numbered through.
  package var answers: [ModelRoutes]
  package var failures: [PlaceFailure]
  /// Whether the use of the last hour was asked for.
  package var showsUsage: Bool

  /// - Parameter answers: the routes of one model; at least one place.
  package init(_ answers: [ModelRoutes], failures: [PlaceFailure] = [], showsUsage: Bool = true) {
    self.answers = answers.numbered
    model = answers[0].model
    self.failures = failures
    self.showsUsage = showsUsage
  }

  package func json() throws -> String { try JSONOutput.encode(RoutesPayload(self)) }
  package var sheet: Table { RouteTables(answers, showsUsage: showsUsage).sheet }
  package var document: Table { RouteTables(answers, showsUsage: showsUsage).document }

  package var lines: [TerminalPart] {
    let tables = RouteTables(answers, showsUsage: showsUsage)
    var lines: [TerminalPart] = [.line(heading), .table(tables.routes, indent: "  ")]
    lines += notes.map { "  \($0)" }
    if !tables.pools.rows.isEmpty { lines += ["", .table(tables.pools, indent: "  ")] }
    lines += RouteText.total(RouteTotal(answers), answers).map { "  \($0)" }
    let hasMantle = answers.contains { $0.routes.contains { $0.kind == .mantle && $0.isUsable } }
    return lines + RouteText.configuration(GatewayModels(answers), hasMantle: hasMantle)
  }

  private var heading: TerminalLine {
    let name = answers.lazy.compactMap(\.name).first
    let regions = Set(answers.map(\.region))
    let places =
      answers.count == 1
      ? answers[0].region : regions.count == 1 ? "\(regions.first!), \(answers.count) accounts" : "\(regions.count) Regions"
    let routes = answers.reduce(0) { $0 + $1.routes.count }
    let pools = answers.reduce(0) { $0 + $1.pools.count }
    let count = "\(routes) \(routes == 1 ? "route" : "routes"), \(pools) \(pools == 1 ? "pool" : "pools") of quotas"
    return "\(name.map { "\($0) (\(model))" } ?? model.description, .bold) in \(places): \(count)"
  }

  /// Which throughput or profile a need is about that other routes of the model don't have.
  private static func subject(of need: RouteNeed, _ route: ModelRoute) -> String {
    switch need {
    case .status, .customModel: " of \(route.name ?? route.id)"
    default: ""
    }
  }

  /// What the table's short words mean, each once, and what is not known.
  var notes: [String] {
    var notes: [String] = []
    func add(_ note: String) { if !notes.contains(note) { notes.append(note) } }
    for routes in answers {
      for route in routes.routes {
        for need in route.needs { add("\(need.name)\(Self.subject(of: need, route)): \(need.message)") }
      }
    }
    for routes in answers {
      if let access = RouteText.access(routes) { add(access) }
      for route in routes.routes where route.kind == .mantle && route.resolution.quotas.isEmpty {
        add(
          "\(route.id) on bedrock-mantle: no quota names it, and AWS lists no models of that endpoint; Bedquota's dated facts say that it is there."
        )
      }
      for route in routes.routes where route.pool == nil && route.kind == .applicationProfile {
        if let note = route.resolution.note { add("\(route.id): \(note)") }
      }
      for pool in routes.pools where pool.resolution.quotas.isEmpty && pool.endpoint == .runtime {
        if let note = pool.resolution.note { add("Pool \(pool.number): \(note)") }
      }
      if !routes.listsProvisioned { add("Provisioned throughput could not be listed.") }
    }
    return notes
  }
}
