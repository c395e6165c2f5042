/// A dashed horizontal line, such as a quota.
public struct Limit: Sendable {
  public var value: Double
  /// Written at the line, or told as "`name` is above this scale".
  public var name: String
  public var color: Color

  public init(value: Double, name: String, color: Color = .gray) {
    self.value = value
    self.name = name
    self.color = color
  }
}
