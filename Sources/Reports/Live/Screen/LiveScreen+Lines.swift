extension LiveScreen {
  private static let widthMin = 40
  private static let heightMin = 8
  /// From here on, a blank line stands below the header.
  private static let heightRoomy = 20

  /// The lines of the screen, as many as it has, none wider than it is.
  /// - Parameter now: seconds since 1970.
  package mutating func lines(now: Int, width: Int, height: Int) -> [TerminalLine] {
    guard width >= Self.widthMin, height >= Self.heightMin else { return tooSmall(width: width, height: height) }
    var lines = header(now: now, width: width, height: height)
    if height >= Self.heightRoomy { lines.append("") }
    if showsHelp {
      let help = LiveHelp.lines(glyphs: glyphs, width: width)
      lines += help[window(of: help.count, page: height - lines.count - 1)]
    } else {
      lines += list(now: now, width: width, height: height - lines.count - 1)
    }
    lines = Array(lines.prefix(height - 1))
    lines += Array(repeating: "", count: height - 1 - lines.count) + [footer(width: width)]
    return lines.map { glyphs.encoded($0.clipped(to: width)) }
  }

  private func tooSmall(width: Int, height: Int) -> [TerminalLine] {
    let words = "The terminal is too small: \(width)×\(height) instead of \(Self.widthMin)×\(Self.heightMin)."
    let lines = TerminalLine("\(words)").wrapped(to: max(width, 1), hang: 0).prefix(max(height, 0)).map {
      glyphs.encoded($0.clipped(to: width))
    }
    return lines + Array(repeating: "", count: max(height - lines.count, 0))
  }

  /// The tabs, the heading and the rows in sight.
  private mutating func list(now: Int, width: Int, height: Int) -> [TerminalLine] {
    guard let status else { return [tabs(rows: nil, width: width), problem == nil ? "Waiting for the first figures …" : ""] }
    let grid = tab.grid(status, now: now)
    let groups = grid.selected(by: order, isReversed: isReversed, words: words, onlyBusy: onlyBusy)
    guard !groups.isEmpty else {
      _ = window(of: 0, page: height - 2)
      return [tabs(rows: nil, width: width), emptiness(of: grid)]
    }
    let layout = LiveLayout(grid.columns, groups, width: width, glyphs: glyphs)
    let count = groups.reduce(0) { $0 + $1.rows.count }
    let window = window(of: count, page: height - 2)
    var lines = [tabs(rows: (window, count), width: width), layout.heading]
    var index = 0
    for group in groups {
      for (place, row) in group.rows.enumerated() {
        // The first row in sight names its group as well.
        if window.contains(index) { lines.append(layout.line(row, isFirst: place == 0 || index == window.lowerBound)) }
        index += 1
      }
    }
    return lines
  }

  private func emptiness(of grid: LiveGrid) -> TerminalLine {
    if grid.groups.isEmpty { return "\(tab.emptiness, .dim)" }
    if onlyBusy, !grid.groups.contains(where: \.isBusy) { return "\("Nothing is busy; a shows all.", .dim)" }
    return "\("Nothing matches the filter; Esc drops it.", .dim)"
  }

  /// The parts of the screen that can be chosen, and how the rows are chosen.
  /// - Parameter rows: those in sight, and how many there are.
  private func tabs(rows: (window: Range<Int>, count: Int)?, width: Int) -> TerminalLine {
    let left = LiveTab.allCases.reduce(TerminalLine("")) { line, tab in
      let text = "\(tab.rawValue + 1) \(tab.title)"
      let shown: TerminalLine = tab == self.tab ? "\("[\(text)]", .bold)" : " \(text, .dim) "
      return line + shown
    }
    var parts: [TerminalLine] = []
    if let rows, rows.window.count < rows.count {
      parts.append("\("\(rows.window.lowerBound + 1)–\(rows.window.upperBound) of \(rows.count)")")
    }
    if !filter.isEmpty, !isTyping { parts.append("\("filter \(filter.cut(to: 20))", .warning)") }
    if onlyBusy { parts.append("only busy") }
    parts.append("by \(order == .fullest ? "fullness" : order.rawValue)\(isReversed ? ", reversed" : "")")
    let choices = (1...parts.count).reversed().map { TerminalLine.joined(Array(parts.prefix($0))) }
    return left.spread(with: choices, width: width)
  }

  private func footer(width: Int) -> TerminalLine {
    if isTyping { return "\("Filter: ", .bold)\(filter)_\("   Enter keeps it, Esc drops it", .dim)" }
    let keys =
      showsHelp
      ? [("Esc", "back"), ("arrows", "scroll")]
      : [
        ("q", "quit"), ("h", "help"), ("s", "sort"), ("/", "filter"), ("a", onlyBusy ? "all" : "only busy"),
        ("p", isPaused ? "go on" : "pause"), ("r", "reverse"), ("Tab", "next part"),
      ]
    var line = TerminalLine("")
    for (key, meaning) in keys {
      let next: TerminalLine = line + "\(line.width == 0 ? "" : "  ")\(key, .bold) \(meaning, .dim)"
      if next.width > width { break }
      line = next
    }
    return line
  }
}
