/// The four forms in which a command prints its answer.
package enum OutputFormat: String, CaseIterable, Sendable {
  case table, json, csv, markdown

  /// Whether answers in this form have the notes of their ids; rows of figures have no place for them.
  package var holdsNotes: Bool { self == .table || self == .json }
}
