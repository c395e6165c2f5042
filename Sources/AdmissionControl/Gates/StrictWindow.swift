/// The sum of what was reserved in the last minute and a bit, for servers whose window nobody knows.
///
/// Whoever keeps every sum over 60 s within the quota is safe against a bucket of a minute, a rolling window and a minute of the
/// clock alike. Entries are kept in slots of 100 ms; one leaves 60.2 to 60.3 s after it came, so that 0.2 s of difference between
/// when a request is sent and when it is counted do no harm.
package struct StrictWindow: Sendable {
  static let slotNanoseconds: Int64 = 100_000_000
  private static let slots = 603

  private var sums: [Int64]
  /// The number of the newest slot, counted from the clock's zero.
  private var newest: Int64
  /// Units.
  package private(set) var total: Int64 = 0

  package init(at now: Int64) {
    sums = Array(repeating: 0, count: Self.slots)
    newest = now / Self.slotNanoseconds
  }

  private static func place(_ slot: Int64) -> Int { Int((slot % Int64(slots) + Int64(slots)) % Int64(slots)) }

  package mutating func advance(to now: Int64) {
    let slot = now / Self.slotNanoseconds
    guard slot > newest else { return }
    guard slot - newest < Int64(Self.slots) else {
      for index in sums.indices { sums[index] = 0 }
      total = 0
      newest = slot
      return
    }
    while newest < slot {
      newest += 1
      let place = Self.place(newest)
      total -= sums[place]
      sums[place] = 0
    }
  }

  /// - Returns: the slot that the entry lies in, to change it by.
  package mutating func add(_ units: Int64, at now: Int64) -> Int64 {
    advance(to: now)
    sums[Self.place(newest)] += units
    total += units
    return newest
  }

  /// Changes an entry; nothing where it has left already.
  package mutating func change(_ slot: Int64, by units: Int64, at now: Int64) {
    advance(to: now)
    guard slot > newest - Int64(Self.slots) else { return }
    sums[Self.place(slot)] += units
    total += units
  }

  /// Nanoseconds until the sum has room for so much below a limit if nothing else happens; nil where that is never.
  package func wait(for units: Int64, limit: Int64, at now: Int64) -> Int64? {
    guard units <= limit else { return nil }
    let present = max(newest, now / Self.slotNanoseconds)
    var left = total
    var slot = newest - Int64(Self.slots) + 1
    var wait: Int64 = 0
    while slot <= newest {
      let leaves = (slot + Int64(Self.slots)) * Self.slotNanoseconds
      guard left + units > limit || slot + Int64(Self.slots) <= present else { break }
      left -= sums[Self.place(slot)]
      wait = max(0, leaves - now)
      slot += 1
    }
    return left + units <= limit ? wait : nil
  }
}
