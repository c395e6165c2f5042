extension LiveGrid {
  /// The candidates of each route.
  static func routes(_ status: LiveStatus, now: Int) -> LiveGrid {
    let columns: [LiveColumn] = [
      .text("ROUTE"), .text("CANDIDATE", isShared: false), .text("STATE", isShared: false), .number("REQUESTS", "REQS"),
      .number("CONVERSATIONS", "CONV", rank: 2), .number("SPILLS", rank: 1, isShared: true),
    ]
    return LiveGrid(columns: columns, groups: status.routes.map { group($0, now: now) }).withoutUnknownColumns
  }

  private static func group(_ route: LiveStatus.Route, now: Int) -> LiveGroup {
    let spills = LiveCell.count(Int(clamping: route.spills))
    var rows = route.candidates.map { candidate -> LiveGroup.Row in
      let state = state(candidate, now: now)
      return .init(
        cells: [
          .text(route.name), .text(candidate.route), state, .count(Int(clamping: candidate.requests)),
          .count(candidate.sessions), spills,
        ], text: "\(route.name) \(candidate.route)".lowercased())
    }
    if rows.isEmpty {
      rows = [.init(cells: [.text(route.name), .empty, .empty, .empty, .empty, spills], text: route.name.lowercased())]
    }
    let requests = route.candidates.reduce(0.0) { $0 + Double($1.requests) }
    return LiveGroup(rows: rows, name: route.name, requests: requests, isBusy: requests > 0)
  }

  private static func state(_ candidate: LiveStatus.Candidate, now: Int) -> LiveCell {
    guard let until = candidate.restingUntil, until.seconds > now else { return .text("ready", .success) }
    return .text("rests \(LiveCell.duration(Double(until.seconds) - Double(now)))", .warning)
  }
}
