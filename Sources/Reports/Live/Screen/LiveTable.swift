/// The live state as one answer, where no screen can be drawn.
package struct LiveTable: View {
  package var status: LiveStatus

  package init(_ status: LiveStatus) { self.status = status }

  package func json() throws -> String { try JSONOutput.encode(status) }

  package var sheet: Table {
    Table(
      columns: [
        .text("id"), .text("account"), .text("region"), .text("endpoint"), .text("status"), .text("code"), .text("measure"),
        .number("limit"), .number("used"), .number("reserved"), .number("level"), .number("utilization"), .number("waiting"),
        .number("longestWaitSeconds"), .number("inFlight"), .number("throttlesLastHour"),
      ], rows: rows.map { pool, quota in cells(pool, quota) })
  }

  package var document: Table { table(.models(status)) }

  package var lines: [TerminalPart] {
    guard !status.pools.isEmpty else { return [TerminalPart(stringLiteral: LiveTab.models.emptiness)] }
    return document.lines()
  }

  /// A row for each quota, and for each pool of which none is known.
  private var rows: [(pool: LiveStatus.Pool, quota: LiveStatus.Quota?)] {
    status.pools.flatMap { pool in pool.quotas.isEmpty ? [(pool, nil)] : pool.quotas.map { (pool, $0) } }
  }

  private func cells(_ pool: LiveStatus.Pool, _ quota: LiveStatus.Quota?) -> [Table.Cell] {
    let place = [pool.id, pool.account, pool.region, pool.endpoint, pool.status, quota?.code ?? "", quota?.measure ?? ""]
    let figures = [quota?.limit, quota?.used, quota?.reserved, quota?.level, quota?.utilization]
    let counts = [
      pool.waiting.map(Double.init), pool.longestWaitSeconds, pool.inFlight.map(Double.init),
      pool.throttlesLastHour.map(Double.init),
    ]
    return (place + (figures + counts).map { Figures.plain($0) }).map { .init($0) }
  }

  /// The fullest first, as on the screen, with the names in each row and without what is drawn.
  private func table(_ grid: LiveGrid) -> Table {
    let kept = grid.columns.indices.filter { [.text, .number].contains(grid.columns[$0].kind) }
    let groups = grid.selected(by: .fullest, isReversed: false, words: [], onlyBusy: false)
    return Table(
      columns: kept.map { column in
        let title = grid.columns[column].title
        return grid.columns[column].kind == .number ? .number(title == "%" ? "USED" : title) : .text(title)
      }, rows: groups.flatMap(\.rows).map { row in kept.map { cell(row.cells[$0]) } })
  }

  private func cell(_ cell: LiveCell) -> Table.Cell {
    switch cell {
    case .text(let text, let style): .init(text, style)
    case .unknown: .init("–", .dim)
    case .bar, .curve, .empty: .init("")
    }
  }
}
