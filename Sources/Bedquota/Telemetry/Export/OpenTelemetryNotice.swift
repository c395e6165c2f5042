/// What people should know about an export. It holds no secrets.
package struct OpenTelemetryNotice: Sendable, Equatable {
  /// Whether something is wrong, or is well again.
  package var isProblem: Bool
  package var text: String

  package init(isProblem: Bool, text: String) { (self.isProblem, self.text) = (isProblem, text) }
}
