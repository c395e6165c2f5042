import AWSWire

/// The state of an alarm, and why it has it.
struct AlarmState: Sendable {
  enum Value: String, CaseIterable, Sendable {
    case ok = "OK"
    case alarm = "ALARM"
    case insufficientData = "INSUFFICIENT_DATA"
  }

  var value: Value
  var reason: String
  /// JSON from SetAlarmState.
  var reasonData: String?
  /// Seconds since 1970.
  var updatedAt: Int
  var transitionedAt: Int
  /// If it was set by SetAlarmState: the time until which it holds.
  var heldUntil: Int?

  mutating func change(to value: Value, reason: String, at now: Int) {
    guard value != self.value || reason != self.reason else { return }
    if value != self.value { transitionedAt = now }
    self.value = value
    self.reason = reason
    reasonData = nil
    updatedAt = now
  }
}
