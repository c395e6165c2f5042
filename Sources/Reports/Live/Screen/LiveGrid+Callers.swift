extension LiveGrid {
  /// The budgets of each caller.
  static func callers(_ status: LiveStatus) -> LiveGrid {
    let columns: [LiveColumn] = [
      .text("CALLER"), .number("SHARE", rank: 7, isShared: true), .text("PRIORITY", "PRIO", rank: 6),
      .number("WAITING", "WAIT", isShared: true), .number("IN FLIGHT", "FLT", isShared: true),
      .number("TOKENS 1 H", "TOK 1H", rank: 3, isShared: true), .number("TOKENS TODAY", "TODAY", rank: 5, isShared: true),
      .text("BUDGET", rank: 1, isShared: false), .bar("USED", rank: 4), .number("%", rank: 1), .number("LEFT", rank: 2),
      .number("LIMIT", rank: 8),
    ]
    let grid = LiveGrid(columns: columns, groups: status.callers.map(group))
    return status.callers.allSatisfy(\.budgets.isEmpty) ? grid.withoutBudgets : grid.withoutUnknownColumns
  }

  private var withoutBudgets: LiveGrid {
    var grid = self
    grid.columns.removeLast(5)
    for group in grid.groups.indices {
      for row in grid.groups[group].rows.indices { grid.groups[group].rows[row].cells.removeLast(5) }
    }
    return grid.withoutUnknownColumns
  }

  private static func group(_ caller: LiveStatus.Caller) -> LiveGroup {
    let head: [LiveCell] = [
      .text(caller.name), .amount(caller.share), .text(caller.priority), .count(caller.waiting, .warning),
      .count(caller.inFlight), .amount(caller.tokensLastHour.map(Double.init)), .amount(caller.tokensToday.map(Double.init)),
    ]
    var rows = caller.budgets.map { budget -> LiveGroup.Row in
      let fill = LiveFill(budget)
      let name = budget.name.replacing("_", with: " ")
      let figures: [LiveCell] = [
        .text(name), fill.map { .bar($0) } ?? .unknown, .percent(fill?.total),
        .amount(budget.left, budget.left <= 0 ? .failure : nil), .amount(budget.limit),
      ]
      return .init(cells: head + figures, text: "\(caller.name) \(caller.priority) \(name)".lowercased())
    }
    if rows.isEmpty {
      rows = [.init(cells: head + Array(repeating: .empty, count: 5), text: "\(caller.name) \(caller.priority)".lowercased())]
    }
    return LiveGroup(
      rows: rows, name: caller.name, fullness: caller.budgets.lazy.compactMap { LiveFill($0)?.total }.max(),
      waiting: Double(caller.waiting),
      isBusy: caller.waiting > 0 || caller.inFlight > 0 || (caller.tokensLastHour ?? 0) > 0)
  }
}
