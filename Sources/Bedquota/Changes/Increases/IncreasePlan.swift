public import BedrockQuotas

/// A request to increase one quota, with its evidence, before it is sent. Making a plan changes nothing.
public struct IncreasePlan: Sendable {
  /// The id whose quota it is.
  public var id: String
  public var region: String
  public var quota: Quota
  /// The value to ask for; nil if nothing speaks for an increase.
  public var desiredValue: Double?
  /// Why that value, or why none, in sentences.
  public var reasons: [String]
  /// Why AWS would not take the request; empty if it would.
  public var obstacles: [IncreaseObstacle]
  /// nil without traffic.
  public var evidence: IncreaseEvidence?
  /// What else a reader should know, in sentences.
  public var notes: [String] = []

  /// Whether the request can be sent.
  public var isSendable: Bool { desiredValue != nil && obstacles.isEmpty }
}

/// What to ask for. Closed.
public enum IncreaseWish: Sendable, Equatable {
  /// What the usage speaks for.
  case proposed
  /// This value.
  case value(Double)
  /// The account's value times this factor.
  case factor(Double)
}
