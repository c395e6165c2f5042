/// The options that the commands of a simulation share.
package struct Options {
  package var count: Int
  package var minutes = 10.0
  package var first: UInt64 = 0

  /// nil if an argument isn't an option.
  package init?(_ arguments: ArraySlice<String>, count usual: Int = 1_000) {
    count = usual
    var rest = arguments
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { return nil }
      switch name {
      case "--count":
        guard let value = Int(value), value > 0 else { return nil }
        count = value
      case "--minutes":
        guard let value = Double(value), value > 0, value <= 10_000 else { return nil }
        minutes = value
      case "--first":
        guard let value = UInt64(value) else { return nil }
        first = value
      default: return nil
      }
    }
  }
}
