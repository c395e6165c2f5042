/// What one part of the live screen lists, before it is sorted, filtered and laid out.
struct LiveGrid {
  var columns: [LiveColumn]
  var groups: [LiveGroup]

  /// Without columns of which nothing is known.
  var withoutUnknownColumns: LiveGrid {
    let kept = columns.indices.filter { column in
      columns[column].rank == 0 || groups.contains { $0.rows.contains { $0.cells[column].isKnown } }
    }
    guard kept.count < columns.count else { return self }
    return LiveGrid(
      columns: kept.map { columns[$0] },
      groups: groups.map { group in
        var group = group
        for row in group.rows.indices { group.rows[row].cells = kept.map { group.rows[row].cells[$0] } }
        return group
      })
  }

  /// - Parameter words: what a row must have, in lower case.
  func selected(by order: LiveOrder, isReversed: Bool, words: [String], onlyBusy: Bool) -> [LiveGroup] {
    groups.filter { $0.isBusy || !onlyBusy }.compactMap { group in
      var group = group
      group.rows = group.rows(with: words)
      return group.rows.isEmpty ? nil : group
    }.sorted { order.isBefore($0, $1, isReversed: isReversed) }
  }
}
