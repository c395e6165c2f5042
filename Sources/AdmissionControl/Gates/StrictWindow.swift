/// The sum of the reservations of the last minute, for servers whose window is unknown.
///
/// A client that never exceeds the quota in any 60 s exceeds it neither in a bucket of a minute nor in a rolling or fixed minute.
/// Debits are summed in slots of 100 ms and leave after 60.2 to 60.3 s. The extra 0.2 s covers the delay between sending a
/// request and the server counting it.
package struct StrictWindow: Sendable {
  static let slotNanoseconds: Int64 = 100_000_000
  /// 60.3 s.
  private static let slots = 603

  private var sums: [Int64]
  /// The number of the newest slot, counted from time 0 of the clock.
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

  /// - Returns: the slot of the debit, for ``change(_:by:at:)``.
  package mutating func add(_ units: Int64, at now: Int64) -> Int64 {
    advance(to: now)
    sums[Self.place(newest)] += units
    total += units
    return newest
  }

  /// The sums of the last 0, 1, … 60 s.
  func sumsBySecond() -> [Int64] {
    var sums: [Int64] = [0]
    var sum: Int64 = 0
    for age in 0..<600 {
      sum += self.sums[Self.place(newest - Int64(age))]
      if age % 10 == 9 { sums.append(sum) }
    }
    return sums
  }

  /// Changes a debit. Has no effect once the debit has left the window.
  package mutating func change(_ slot: Int64, by units: Int64, at now: Int64) {
    advance(to: now)
    guard slot > newest - Int64(Self.slots) else { return }
    sums[Self.place(slot)] += units
    total += units
  }

  /// Nanoseconds until the sum plus these units is within the limit, if nothing else happens; nil if it never is.
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
