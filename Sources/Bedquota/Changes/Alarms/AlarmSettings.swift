/// What the alarms of a plan have in common.
public struct AlarmSettings: Sendable, Equatable {
  /// The share of a quota at or above which its alarm goes off, above 0 and at most 1.
  public var share: Double
  /// The ARNs of the SNS topics to notify; nil: an alarm that exists keeps its actions, and a new one notifies nobody.
  public var topics: [String]?
  /// Whether the topics are also notified when an alarm is over.
  public var notifiesRecovery: Bool

  /// - Parameters:
  ///   - share: as in ``share``.
  ///   - topics: as in ``topics``; at most five, as CloudWatch takes.
  ///   - notifiesRecovery: as in ``notifiesRecovery``.
  public init(share: Double = UtilizationLevel.high, topics: [String]? = nil, notifiesRecovery: Bool = false) {
    (self.share, self.topics, self.notifiesRecovery) = (share, topics, notifiesRecovery)
  }
}
