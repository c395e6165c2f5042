/// Everything that is wrong with a configuration file, each with its line.
package struct ConfigurationProblems: Error, Sendable, Equatable {
  package struct Problem: Sendable, Equatable {
    /// From 1; nil if the problem is not at one place.
    package var line: Int?
    /// A sentence that says what is wrong and what to do. It contains no secret.
    package var text: String
  }

  /// The file, as the user named it.
  package var file: String
  /// In the order of the file.
  package var problems: [Problem]
  /// The files that were read for secrets, or should have been: mending one of them may mend the configuration.
  var secretFiles: [String] = []

  /// `FILE:LINE: what is wrong`, one for each problem.
  package var lines: [String] {
    problems.map { problem in "\(file):\(problem.line.map { "\($0): " } ?? " ")\(Self.printable(problem.text))" }
  }

  /// Names come from the file, and messages go to terminals and logs: nothing in them moves the cursor, ends a line or turns text round.
  private static func printable(_ text: String) -> String {
    func isPlain(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : "?" }))
  }
}

extension ConfigurationProblems: CustomStringConvertible {
  package var description: String { lines.joined(separator: "\n") }
}
