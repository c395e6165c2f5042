/// Rows of text under headings, rendered for people, spreadsheets or documents.
package struct Table {
  package struct Column {
    var title: String
    /// Numbers are aligned to the right.
    var isNumber: Bool

    package static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
    package static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
  }

  package struct Cell: ExpressibleByStringLiteral {
    var text: String
    var style: Style?

    package init(_ text: String, _ style: Style? = nil) {
      self.text = text
      self.style = style
    }
    package init(stringLiteral text: String) { self.init(text) }
  }

  package var columns: [Column]
  package var rows: [[Cell]] = []

  package init(columns: [Column], rows: [[Cell]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// Comma-separated values, quoted if RFC 4180 requires it.
  package func csv() -> String {
    ([columns.map(\.title)] + rows.map { $0.map(\.text) }).map { row in
      row.map { text in
        text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
      }.joined(separator: ",")
    }.joined(separator: "\n")
  }

  /// A table of GitHub Flavored Markdown.
  package func markdown() -> String {
    func line(_ cells: [String]) -> String {
      "| \(cells.map { $0.printable.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }
    let rule = columns.map { $0.isNumber ? "---:" : "---" }
    return ([line(columns.map(\.title)), line(rule)] + rows.map { line($0.map(\.text)) }).joined(separator: "\n")
  }

  private var widths: [Int] {
    columns.indices.map { index in
      max(columns[index].title.count, rows.map { $0[index].text.count }.max() ?? 0)
    }
  }

  /// Aligned columns, two blanks apart, without blanks at the ends of lines.
  package func text(indent: String = "", usesColor: Bool = false) -> String {
    let widths = widths
    func line(_ cells: [Cell]) -> String {
      var parts: [String] = []
      for (index, cell) in cells.enumerated() {
        let plain = cell.text.printable
        let padding = String(repeating: " ", count: max(0, widths[index] - plain.count))
        let text = cell.style?.apply(to: plain, if: usesColor) ?? plain
        parts.append(columns[index].isNumber ? padding + text : text + padding)
      }
      var line = indent + parts.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    let titles = line(columns.map { Cell($0.title, .dim) })
    return ([titles] + rows.map(line)).joined(separator: "\n")
  }
}
