/// One thing that a diagnosis looked at, and what it found.
package struct DiagnosisCheck: Sendable, Equatable {
  package enum Finding: String, Sendable {
    case ok
    /// It works, but not for long or not everywhere.
    case warning
    case failed
    case unchecked = "not checked"
  }

  /// `clock`, or an IAM action.
  package var name: String
  package var finding: Finding
  /// A sentence without a full stop, or an error's own words.
  package var text: String

  package init(_ name: String, _ finding: Finding, _ text: String) {
    (self.name, self.finding, self.text) = (name, finding, text)
  }
}
