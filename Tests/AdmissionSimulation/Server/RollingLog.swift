/// A log of what was taken over a span of time, entry by entry.
struct RollingLog: Sendable {
  private struct Entry {
    var time: Int64
    var tokens: Int64
  }

  private var entries: [Entry] = []
  /// The index of the first entry that still counts.
  private var first = 0
  /// The number of entries dropped so far: tickets count from the first entry ever.
  private var dropped: Int64 = 0
  private(set) var sum: Int64 = 0
  /// How long an entry counts, in nanoseconds.
  private let length: Int64

  init(length: Int64) { self.length = length }

  mutating func forget(before time: Int64) {
    while first < entries.count, time - entries[first].time >= length {
      sum -= entries[first].tokens
      first += 1
    }
    if first > 1_024, first > entries.count / 2 {
      entries.removeFirst(first)
      dropped += Int64(first)
      first = 0
    }
  }

  /// - Returns: a ticket to change the entry by.
  mutating func take(_ tokens: Int64, at time: Int64) -> Int64 {
    entries.append(Entry(time: time, tokens: tokens))
    sum += tokens
    return dropped + Int64(entries.count) - 1
  }

  /// Adds to an entry; no effect once it doesn't count any more.
  mutating func change(_ ticket: Int64, by tokens: Int64) {
    let index = Int(ticket - dropped)
    guard index >= first else { return }
    entries[index].tokens += tokens
    sum += tokens
  }
}
