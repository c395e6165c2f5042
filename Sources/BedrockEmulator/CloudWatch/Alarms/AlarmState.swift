import AWSWire

/// The state of an alarm and the reason for it.
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
  /// The time until which a state that SetAlarmState set holds; nil for other states.
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
