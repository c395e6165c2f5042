/// How often an operation may be called.
package struct RequestRate: Sendable, Hashable {
  package var perSecond: Int
  package var burst: Int

  package init(perSecond: Int, burst: Int) {
    self.perSecond = perSecond
    self.burst = burst
  }
}
