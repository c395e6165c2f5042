/// A sum over the last 60 whole seconds.
struct LastMinute: Sendable {
  private var slots = [(second: Int64, sum: Int64)](repeating: (-1, 0), count: 61)

  mutating func add(_ value: Int64, second: Int64) {
    let index = Int(second % 61)
    if slots[index].second != second { slots[index] = (second, 0) }
    slots[index].sum += value
  }

  /// - Parameter second: the current second, which is left out because it isn't over.
  func sum(at second: Int64) -> Int64 {
    slots.reduce(0) { $1.second >= second - 60 && $1.second < second ? $0 + $1.sum : $0 }
  }
}
