/// How often an account may call an operation in one Region: a token bucket.
package struct RequestRate: Sendable, Hashable {
  /// The refill, in calls per second.
  package var perSecond: Int
  /// The bucket's size: the number of calls that a full bucket allows without a pause.
  package var burst: Int

  package init(perSecond: Int, burst: Int) {
    self.perSecond = perSecond
    self.burst = burst
  }
}
