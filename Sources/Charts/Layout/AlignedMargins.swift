/// The margins that align plots: those of a row have the same upper and lower edges, those of a column the same sides.
struct AlignedMargins: Sendable {
  /// By row and place in it.
  private(set) var rows: [[Margins]]

  /// A wider margin can make labels longer or add a line; that ends after a few rounds.
  private static let roundsMax = 5

  /// - Parameter column: what plots of the same column have in common, by the number of plots in their row and the place in it.
  init(_ plots: [[PlacedPlot]], column: (_ count: Int, _ index: Int) -> [Int]) {
    rows = plots.map { $0.map { _ in Margins() } }
    for _ in 0..<Self.roundsMax {
      let own = zip(plots, rows).map { zip($0, $1).map { $0.layout(minimum: $1).margins } }
      var sides: [[Int]: Margins] = [:]
      for row in own {
        for (index, margins) in row.enumerated() {
          sides[column(row.count, index)] = sides[column(row.count, index), default: Margins()].union(margins)
        }
      }
      let next = own.map { row in
        let common = row.reduce(Margins()) { $0.union($1) }
        return row.indices.map { index in
          let side = sides[column(row.count, index), default: Margins()]
          return Margins(left: side.left, right: side.right, top: common.top, bottom: common.bottom)
        }
      }
      if next == rows { return }
      rows = next
    }
  }
}
