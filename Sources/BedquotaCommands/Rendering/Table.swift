/// Rows of text under headings, rendered for people, spreadsheets or documents.
package struct Table {
  package struct Column {
    var title: String
    var isNumber = false

    package init(_ title: String, isNumber: Bool = false) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  package struct Cell: ExpressibleByStringLiteral {
    var text: String
    /// An SGR code for terminals: 31 red, 32 green, 2 dim.
    var color: Int?

    package init(_ text: String, color: Int? = nil) {
      self.text = text
      self.color = color
    }
    package init(stringLiteral text: String) { self.init(text) }
  }

  package var columns: [Column]
  package var rows: [[Cell]] = []

  package init(columns: [Column]) { self.columns = columns }

  /// Values as they are, quoted where RFC 4180 wants it.
  package func csv() -> String {
    ([columns.map(\.title)] + rows.map { $0.map(\.text) }).map { row in
      row.map { text in
        text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
      }.joined(separator: ",")
    }.joined(separator: "\n")
  }

  package func markdown() -> String {
    func line(_ cells: [String]) -> String {
      "| \(cells.map { Console.printable($0).replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }
    let rule = columns.map { $0.isNumber ? "---:" : "---" }
    return ([line(columns.map(\.title)), line(rule)] + rows.map { line($0.map(\.text)) }).joined(separator: "\n")
  }

  private var widths: [Int] {
    columns.indices.map { index in
      max(columns[index].title.count, rows.map { $0[index].text.count }.max() ?? 0)
    }
  }

  package func text(indent: String = "", usesColor: Bool = false) -> String {
    let widths = widths
    func line(_ cells: [Cell]) -> String {
      var parts: [String] = []
      for (index, cell) in cells.enumerated() {
        let plain = Console.printable(cell.text)
        let padding = String(repeating: " ", count: max(0, widths[index] - plain.count))
        let text = usesColor && cell.color != nil ? "\u{1B}[\(cell.color!)m\(plain)\u{1B}[0m" : plain
        parts.append(columns[index].isNumber ? padding + text : text + padding)
      }
      var line = indent + parts.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    let titles = line(columns.map { Cell($0.title, color: 2) })
    return ([titles] + rows.map(line)).joined(separator: "\n")
  }
}
