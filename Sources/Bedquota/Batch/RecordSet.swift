/// A set of line numbers, with a bit for each.
struct RecordSet: Sendable {
  private var words: [UInt64] = []
  private(set) var count = 0

  func contains(_ index: Int) -> Bool { index / 64 < words.count && words[index / 64] & (1 << UInt64(index % 64)) != 0 }

  mutating func insert(_ index: Int) {
    guard index >= 0, !contains(index) else { return }
    while words.count <= index / 64 { words.append(0) }
    words[index / 64] |= 1 << UInt64(index % 64)
    count += 1
  }
}
