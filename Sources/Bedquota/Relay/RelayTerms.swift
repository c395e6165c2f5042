package import AdmissionControl

/// On which terms a caller's request is admitted.
package struct RelayTerms: Sendable {
  /// How long it may wait for its quota, over all attempts; nil: as long as it takes.
  package var holdMax: Duration?
  /// 0 is the most urgent.
  package var priority: Int
  /// The caller, who shares the quota with others.
  package var tenant: UInt32
  /// Where it waited when it left the queue; nil: it is new.
  package var place: QueuePlace?
  /// Called before it waits, with its place and the time until its turn, if nothing else changes.
  package var onWait: @Sendable (QueuePlace, Duration) -> Void
  /// Called with the quota tokens of an attempt whose reply was lost before it began, though AWS may have served it.
  package var onLoss: @Sendable (Int64) -> Void

  package init(
    holdMax: Duration? = nil, priority: Int = 0, tenant: UInt32 = 0, place: QueuePlace? = nil,
    onWait: @escaping @Sendable (QueuePlace, Duration) -> Void = { _, _ in },
    onLoss: @escaping @Sendable (Int64) -> Void = { _ in }
  ) {
    self.holdMax = holdMax
    self.priority = priority
    self.tenant = tenant
    self.place = place
    self.onWait = onWait
    self.onLoss = onLoss
  }
}
