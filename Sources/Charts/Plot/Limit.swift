/// A dashed horizontal line, such as a quota.
package struct Limit: Sendable {
  package var value: Double
  /// Written at the line, or in the note "`name` is above this scale".
  package var name: String
  package var color: Color

  package init(value: Double, name: String, color: Color = .gray) {
    self.value = value
    self.name = name
    self.color = color
  }
}
