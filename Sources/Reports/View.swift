/// One answer with its four faces. A view holds values and reads nothing: no network, no file, no clock.
package protocol View {
  /// The whole answer, for programs.
  func json() throws -> String
  /// Every field of it, for spreadsheets.
  var sheet: Table { get }
  /// What a reader wants of it, for documents.
  var document: Table { get }
  /// The same for a terminal.
  func text(usesColor: Bool) -> String
}

extension View {
  /// The answer in the form asked for.
  /// - Parameter usesColor: counts for `table` only.
  package func render(as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .table: text(usesColor: usesColor)
    case .json: try json()
    case .csv: sheet.csv()
    case .markdown: document.markdown()
    }
  }
}
