/// One answer in each of the four output formats. A view only holds values: it reads no network, file or clock.
package protocol View {
  /// The whole answer, for programs.
  func json() throws -> String
  /// Every field of the answer, for spreadsheets.
  var sheet: Table { get }
  /// The fields that a reader wants, for documents.
  var document: Table { get }
  /// The answer for a terminal.
  var lines: [TerminalLine] { get }
}

extension View {
  /// The answer in the given format.
  /// - Parameter usesColor: counts for `table` only.
  package func render(as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .table: text(usesColor: usesColor)
    case .json: try json()
    case .csv: sheet.csv()
    case .markdown: document.markdown()
    }
  }

  package func text(usesColor: Bool) -> String { lines.map { $0.text(usesColor: usesColor) }.joined(separator: "\n") }
}
