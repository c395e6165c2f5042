/// The columns of a grid that fit the width of a terminal.
///
/// Titles become short and columns move together before one is left out. What is left over goes to long names, to bars and to
/// curves.
struct LiveLayout {
  private let columns: [LiveColumn]
  /// The columns of the grid that are shown.
  private var shown: [Int]
  private var widths: [Int] = []
  private var gap = 2
  private var hasShortTitles = false
  private let glyphs: LiveGlyphs

  private static let barMin = 8
  private static let barGood = 12
  private static let barMax = 24
  private static let curveMin = 10
  private static let curveGood = 30
  private static let curveMax = 60

  /// - Parameter groups: those of the grid that are listed, whether or not they are in sight, so that nothing moves when the user
  ///   scrolls.
  init(_ columns: [LiveColumn], _ groups: [LiveGroup], width: Int, glyphs: LiveGlyphs) {
    self.columns = columns
    self.glyphs = glyphs
    shown = Array(columns.indices)
    let contents = columns.indices.map { column in
      groups.reduce(0) { $1.rows.reduce($0) { max($0, Self.width(of: $1.cells[column])) } }
    }
    while true {
      // Where little is left, names are cut before bars go.
      let cuts = shown.contains { columns[$0].rank > 3 } ? (name: 26, text: 16) : (name: 16, text: 12)
      let uncut = (name: Int.max, text: Int.max)
      for (isShort, gap, cuts) in [(false, 2, uncut), (true, 2, uncut), (true, 2, cuts), (true, 1, cuts)] {
        (hasShortTitles, self.gap) = (isShort, gap)
        if fit(contents, width, cuts) { return }
      }
      let least = shown.filter { columns[$0].rank > 0 }.max { columns[$0].rank < columns[$1].rank }
      guard let least else { break }
      shown.removeAll { $0 == least }
    }
    if !fit(contents, width, (name: 6, text: 6)) { widths = shown.map { contents[$0] } }
  }

  private static func width(of cell: LiveCell) -> Int {
    switch cell {
    case .text(let text, _): text.printable.displayWidth
    case .unknown: 1
    case .bar, .curve, .empty: 0
    }
  }

  private func title(_ column: Int) -> String { hasShortTitles ? columns[column].short : columns[column].title }

  /// - Parameter cuts: to how much the first column may be cut, and other texts.
  /// - Returns: false if the columns need more room.
  private mutating func fit(_ contents: [Int], _ room: Int, _ cuts: (name: Int, text: Int)) -> Bool {
    var least: [Int] = []
    var most: [Int] = []
    for column in shown {
      let (title, content) = (title(column).displayWidth, contents[column])
      let natural = max(title, content)
      switch columns[column].kind {
      case .number: (least, most) = (least + [natural], most + [natural])
      case .text:
        let min = min(natural, max(title, column == 0 ? cuts.name : cuts.text))
        (least, most) = (least + [min], most + [natural])
      case .bar: (least, most) = (least + [Self.barMin], most + [Self.barMax])
      case .curve: (least, most) = (least + [max(title, Self.curveMin)], most + [max(title, Self.curveMax)])
      }
    }
    var rest = room - least.reduce(0, +) - gap * max(shown.count - 1, 0)
    guard rest >= 0 else { return false }
    // Names come early, because there is nothing else to tell rows apart.
    let turns: [(LiveColumn.Kind, Int)] =
      [(.bar, Self.barGood), (.text, .max), (.curve, Self.curveGood), (.bar, .max), (.curve, .max)]
    for (kind, cap) in turns {
      for index in shown.indices where columns[shown[index]].kind == kind {
        let more = max(min(most[index], cap) - least[index], 0)
        least[index] += min(more, rest)
        rest -= min(more, rest)
      }
    }
    widths = least
    return true
  }

  var heading: TerminalLine {
    shown.indices.reduce("") { line, index in
      line + padded("\(title(shown[index]).cut(to: widths[index]), .dim)", index)
    }
  }

  /// - Parameter isFirst: whether it shows what its group has in common.
  func line(_ row: LiveGroup.Row, isFirst: Bool) -> TerminalLine {
    shown.indices.reduce("") { line, index in
      let column = shown[index]
      return line + padded(columns[column].isShared && !isFirst ? "" : content(row.cells[column], width: widths[index]), index)
    }
  }

  private func content(_ cell: LiveCell, width: Int) -> TerminalLine {
    switch cell {
    case .text(let text, let style): "\(text.cut(to: width), style)"
    case .bar(let fill): glyphs.bar(fill, width: width)
    case .curve(let values): "\(glyphs.curve(values, width: width))"
    case .unknown: "\("–", .dim)"
    case .empty: ""
    }
  }

  private func padded(_ line: TerminalLine, _ index: Int) -> TerminalLine {
    let before = index == 0 ? 0 : gap
    let padding = widths[index] - line.width
    return columns[shown[index]].kind == .number
      ? .blanks(before + padding) + line : .blanks(before) + line + .blanks(padding)
  }
}
