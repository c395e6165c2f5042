/// One answer in each of the four output formats. A view only holds values: it reads no network, file or clock.
package protocol View {
  /// The whole answer, for programs.
  func json() throws -> String
  /// Every field of the answer, for spreadsheets.
  var sheet: Table { get }
  /// The fields that a reader wants, for documents.
  var document: Table { get }
  /// The answer for a terminal: lines of text, and tables.
  var lines: [TerminalPart] { get }
}

extension View {
  /// The answer in the given format.
  /// - Parameters:
  ///   - usesColor: counts for `table` only.
  ///   - width: the columns of the terminal, for `table`; nil for a file or a pipe, where each row is one line.
  package func render(as format: OutputFormat, usesColor: Bool, width: Int? = nil) throws -> String {
    switch format {
    case .table: text(usesColor: usesColor, width: width)
    case .json: try json()
    case .csv: sheet.csv()
    case .markdown: document.markdown()
    }
  }

  package func text(usesColor: Bool, width: Int? = nil) -> String { lines.text(usesColor: usesColor, width: width) }
}
