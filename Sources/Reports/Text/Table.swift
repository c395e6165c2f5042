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

  /// Aligned columns, two blanks apart.
  package func lines(indent: String = "") -> [TerminalLine] {
    let rows = ([columns.map { Cell($0.title, .dim) }] + rows).map { $0.map { Cell($0.text.printable, $0.style) } }
    let widths = columns.indices.map { index in rows.lazy.map { $0[index].text.count }.max() ?? 0 }
    return rows.map { cells in
      cells.indices.reduce("\(indent)" as TerminalLine) { line, index in
        let cell = cells[index]
        let padding = String(repeating: " ", count: widths[index] - cell.text.count)
        let gap = index == 0 ? "" : "  "
        return columns[index].isNumber
          ? line + "\(gap)\(padding)\(cell.text, cell.style)" : line + "\(gap)\(cell.text, cell.style)\(padding)"
      }
    }
  }

  package func text(indent: String = "", usesColor: Bool = false) -> String {
    lines(indent: indent).map { $0.text(usesColor: usesColor) }.joined(separator: "\n")
  }
}
