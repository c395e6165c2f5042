/// Tables on a terminal.
extension Table {
  /// A table as a part of an answer.
  package func lines(indent: String = "") -> [TerminalPart] { [.table(self, indent: indent)] }

  package func text(indent: String = "", usesColor: Bool = false, width: Int? = nil) -> String {
    lines(indent: indent).text(usesColor: usesColor, width: width)
  }

  /// Aligned columns, two blanks apart. On a terminal that is too narrow, cells wrap, and columns move below their row, whichever
  /// takes the fewest lines; where little would be left of the table, each row becomes a block.
  /// - Parameter width: the columns of the terminal; nil for a file or a pipe, where each row is one line.
  func layout(indent: String, width: Int?) -> [TerminalLine] {
    guard let width, natural.total > width - indent.count else { return aligned(indent: indent) }
    let table = withoutEmptyColumns
    let blocks = table.blocks(indent: indent, width: width)
    let folded = table.foldings.compactMap { table.folded($0, indent: indent, width: width) }.min { $0.count < $1.count }
    // Numbers below one another are worth a line or two.
    guard let folded, folded.count <= blocks.count + 2 else { return blocks }
    return folded
  }

  /// The most lines that a row may have.
  private static let rowLinesMax = 4
  /// The fewest columns that are still a table.
  private static let columnsMin = 3
  /// From here on, a text reads better below its row than in a narrow column.
  private static let wide = 24
  private static let gap = 2

  private var heading: [Cell] { columns.map { Cell($0.title, .dim) } }

  /// The columns of a terminal that each column of the table takes on a line.
  private struct Widths {
    var each: [Int]
    var total: Int { each.reduce(0, +) + Table.gap * max(0, each.count - 1) }
  }

  private var natural: Widths {
    Widths(
      each: columns.indices.map { column in
        rows.reduce(columns[column].title.displayWidth) { max($0, $1[column].text.printable.displayWidth) }
      })
  }

  /// The least widths that break no word, and no number from its unit.
  private var least: Widths {
    func word(_ text: String) -> Int { text.split(separator: " ").lazy.map(\.displayWidth).max() ?? 0 }
    return Widths(
      each: columns.indices.map { column in
        let isNumber = columns[column].isNumber
        return rows.reduce(word(columns[column].title)) { width, row in
          let text = row[column].text.printable
          return max(width, isNumber ? text.displayWidth : word(text))
        }
      })
  }

  /// The widths that the columns get: narrow ones all they need, the others the same share of the rest.
  /// - Returns: nil if a word would have to be broken.
  private func widths(within room: Int) -> [Int]? {
    let (natural, least) = (natural, least)
    if natural.total <= room { return natural.each }
    guard least.total <= room else { return nil }
    func capped(at cap: Int) -> Widths {
      Widths(each: natural.each.indices.map { max(least.each[$0], min(natural.each[$0], cap)) })
    }
    let cap = (1...room).last { capped(at: $0).total <= room } ?? 1
    var widths = capped(at: cap)
    for column in widths.each.indices where widths.total < room && widths.each[column] < natural.each[column] {
      widths.each[column] += 1
    }
    return widths.each
  }

  private var withoutEmptyColumns: Table {
    let kept = columns.indices.filter { column in rows.contains { !$0[column].text.isEmpty } }
    return Table(columns: kept.map { columns[$0] }, rows: rows.map { row in kept.map { row[$0] } })
  }

  /// Each row on one line.
  private func aligned(indent: String) -> [TerminalLine] {
    let widths = natural.each
    return ([heading] + rows).map { cells in
      columns.indices.reduce("\(indent)") { line, column in
        line + separator(column) + padded(Self.line(cells[column]), column, to: widths[column])
      }
    }
  }

  /// Which columns may stay in the table: first all, then one fewer at a time, wide texts before the last column.
  private var foldings: [[Int]] {
    var shown = Array(columns.indices)
    var all = [shown]
    let natural = natural.each
    while shown.count > Self.columnsMin {
      let texts = shown.dropFirst().filter { !columns[$0].isNumber && natural[$0] > Self.wide }
      guard let column = texts.max(by: { natural[$0] < natural[$1] }) ?? shown.last else { break }
      shown.removeAll { $0 == column }
      all.append(shown)
    }
    return all
  }

  /// Rows whose cells wrap, with the other columns below them.
  /// - Returns: nil if a word would have to be broken, or a row would have too many lines.
  private func folded(_ shown: [Int], indent: String, width: Int) -> [TerminalLine]? {
    let table = Table(columns: shown.map { columns[$0] }, rows: rows.map { row in shown.map { row[$0] } })
    guard let widths = table.widths(within: width - indent.count) else { return nil }
    let others = columns.indices.filter { !shown.contains($0) }
    guard var lines = table.wrapped(table.heading, indent: indent, widths: widths) else { return nil }
    for (full, cells) in zip(rows, table.rows) {
      guard let row = table.wrapped(cells, indent: indent, widths: widths) else { return nil }
      lines += row + named(full, others, indent: indent + "  ", width: width, hang: 0)
    }
    return lines
  }

  /// One row whose cells wrap.
  /// - Returns: nil if it would have too many lines.
  private func wrapped(_ cells: [Cell], indent: String, widths: [Int]) -> [TerminalLine]? {
    let wrapped = columns.indices.map { Self.line(cells[$0]).wrapped(to: widths[$0], hang: 0) }
    let height = wrapped.lazy.map(\.count).max() ?? 0
    guard height <= Self.rowLinesMax else { return nil }
    return (0..<height).map { index in
      columns.indices.reduce("\(indent)") { line, column in
        let part = index < wrapped[column].count ? wrapped[column][index] : ""
        return line + separator(column) + padded(part, column, to: widths[column])
      }
    }
  }

  private static func line(_ cell: Cell) -> TerminalLine { "\(cell.text, cell.style)" }

  private func separator(_ column: Int) -> TerminalLine {
    "\(column == 0 ? "" : String(repeating: " ", count: Self.gap))"
  }

  private func padded(_ line: TerminalLine, _ column: Int, to width: Int) -> TerminalLine {
    let padding: TerminalLine = "\(String(repeating: " ", count: max(0, width - line.width)))"
    return columns[column].isNumber ? padding + line : line + padding
  }

  /// Each row as its first cell and, below it, the other cells with their names.
  private func blocks(indent: String, width: Int) -> [TerminalLine] {
    let hasHead = columns.first.map { !$0.isNumber } ?? false
    return rows.flatMap { row -> [TerminalLine] in
      guard hasHead else { return named(row, Array(columns.indices), indent: indent, width: width, hang: 2) }
      let head: TerminalLine = "\(indent)" + Self.line(row[0])
      return head.wrapped(to: width, hang: 0)
        + named(row, Array(columns.indices.dropFirst()), indent: indent + "  ", width: width, hang: 0)
    }
  }

  /// `name: value · name: value`, without empty cells.
  private func named(_ row: [Cell], _ shown: [Int], indent: String, width: Int, hang: Int) -> [TerminalLine] {
    let parts = shown.filter { !row[$0].text.isEmpty }.map { column -> TerminalLine in
      let name = columns[column].title.lowercased()
      return "\(name.isEmpty ? "" : "\(name): ")" + Self.line(row[column])
    }
    guard let first = parts.first else { return [] }
    return parts.dropFirst().reduce("\(indent)" + first) { $0 + " · " + $1 }.wrapped(to: width, hang: hang)
  }
}
