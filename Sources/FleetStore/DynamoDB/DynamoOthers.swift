/// How fast the others take the quota, so that a member can guess what an item is like now that it has not seen for a while.
///
/// A wrong guess costs one more write, and nothing else.
struct DynamoOthers: Sendable {
  private static let shortest: Int64 = 200
  /// When the item was looked at, in ms, and what had been granted by then, in microseconds of the quota.
  private var last: (at: Int64, total: Int64)?
  /// The part of the quota that the others take, 0 to 1.
  private var part = 0.0

  /// - Parameters:
  ///   - total: microseconds of the quota that were granted, ever.
  ///   - own: the part of it that this member got since the last look.
  mutating func saw(_ total: Int64, own: Int64, at now: Int64) {
    guard let last, total >= last.total, now > last.at else { return self.last = (now, total) }
    let elapsed = now - last.at
    guard elapsed >= Self.shortest else {
      // Too short to tell anything; what was granted counts for the next time.
      self.last?.total += own
      return
    }
    let nowPart = Double(total - last.total - own) / Double(elapsed * 1_000)
    part = (part + min(max(nowPart, 0), 1)) / 2
    self.last = (now, total)
  }

  /// What the others have taken since the last look, in microseconds of the quota.
  func taken(at now: Int64) -> Int64 {
    guard let last, now > last.at else { return 0 }
    return Int64(Double((now - last.at) * 1_000) * part)
  }
}
