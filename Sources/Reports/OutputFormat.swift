/// The four forms in which a command prints its answer.
package enum OutputFormat: String, CaseIterable, Sendable {
  case table, json, csv, markdown
}
