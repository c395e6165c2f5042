import ArgumentParser
import Reports

extension OutputFormat: ExpressibleByArgument {
  /// Refuses the forms of a table, for commands that print none.
  func requireTableOrJSON(_ command: String) throws {
    guard self == .table || self == .json else {
      throw ValidationError("--output \(rawValue) is for tables, and \(command) prints none: it takes table or json.")
    }
  }
}
