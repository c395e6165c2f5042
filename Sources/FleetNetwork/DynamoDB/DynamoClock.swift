/// How far this machine's clock is from DynamoDB's, as the `Date` of replies tells.
///
/// A `Date` has whole seconds, and a reply takes time. So each reply says in which range the difference lies, and the ranges of
/// several replies together are narrow. A difference of up to a second is left as it is: it makes turns a little uneven, and
/// nothing else.
struct DynamoClock: Sendable {
  private static let accepted: Int64 = 1_000

  /// DynamoDB's clock less this machine's, in ms.
  private var range: ClosedRange<Int64>?
  /// What to add to this machine's time, in ms.
  private(set) var correction: Int64 = 0

  /// - Parameters:
  ///   - date: of the reply, in ms since 1970, rounded down to seconds.
  ///   - sentAt: when the request was sent, in ms since 1970 by this machine's clock.
  ///   - receivedAt: when the head of the reply came.
  /// - Returns: whether people should hear of it: the clock is off or right, or was set.
  mutating func learn(_ date: Int64, sentAt: Int64, receivedAt: Int64) -> Bool {
    guard sentAt <= receivedAt else { return false }
    let new = date - receivedAt...date + 999 - sentAt
    if let range, range.overlaps(new) {
      self.range = range.clamped(to: new)
    } else {
      // A clock was set.
      range = new
    }
    guard let range else { return false }
    let before = correction
    let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
    // Near a second it must not change with every reply: a clock that was off has to be right for certain.
    let mayBeClose = range.lowerBound <= Self.accepted && range.upperBound >= -Self.accepted
    let isClose = range.lowerBound >= -Self.accepted && range.upperBound <= Self.accepted
    correction = (before == 0 ? mayBeClose : isClose) ? 0 : middle
    return (before == 0) != (correction == 0) || abs(correction - before) > Self.accepted
  }
}
