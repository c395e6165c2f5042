public import BedrockQuotas

/// What stands between a route and its first reply, or what to know before it is used. Closed: as far as AWS's lists tell.
public enum RouteNeed: Sendable, Equatable {
  /// Requests must name one of these inference profiles instead.
  case profile([String])
  /// Requests must name a provisioned throughput instead.
  case provisionedThroughput
  /// The account has no access to the model.
  case access
  /// The caller's account is not authorized for the model.
  case authorization
  /// The state of the agreement with the model's provider, in AWS's word: `PENDING`, `NOT_AVAILABLE` or `ERROR`.
  case agreement(String)
  /// AWS doesn't have the model in this Region.
  case region
  /// AWS lists the model as legacy; its end as AWS writes it, nil if AWS gives none.
  case legacy(endOfLife: String?)
  /// A quota admits nothing.
  case quota(Quota, value: Double)
  /// A profile or a provisioned throughput doesn't serve yet, or no longer: its status, in AWS's word.
  case status(String)
  /// A provisioned throughput serves this custom model, not the foundation model that it was made of.
  case customModel(String)

  /// The name in JSON.
  public var name: String {
    switch self {
    case .profile: "profile"
    case .provisionedThroughput: "provisioned-throughput"
    case .access: "access"
    case .authorization: "authorization"
    case .agreement: "agreement"
    case .region: "region"
    case .legacy: "legacy"
    case .quota: "quota"
    case .status: "status"
    case .customModel: "custom-model"
    }
  }

  /// The same in sentences.
  public var message: String {
    switch self {
    case .profile(let ids):
      "On-demand throughput isn't supported for the model's own id; name \(ids.isEmpty ? "an inference profile" : ids.joined(separator: " or "))."
    case .provisionedThroughput: "The model is served by provisioned throughput alone; name its ARN."
    case .access: "The account has no access to the model. Request it in the Bedrock console."
    case .authorization: "AWS doesn't authorize this account for the model. Ask AWS Support."
    case .agreement(let status): "AWS gives the agreement for this model as \(status). The Bedrock console shows it."
    case .region: "AWS gives the model as not available in this Region."
    case .legacy(let end):
      "AWS lists the model as LEGACY\(end.map { "; its end is \($0)" } ?? ""). Move to a newer one."
    case .quota(let quota, let value): quota.refusal(at: value)
    case .status(let status): "Its status is \(status)."
    case .customModel(let arn): "It serves the custom model \(arn), which was made of this one."
    }
  }

  /// Whether requests must name something else, so that no quota counts those that name this.
  var namesOther: Bool {
    switch self {
    case .profile, .provisionedThroughput: true
    default: false
    }
  }

  /// Whether requests by this route fail whatever the account gets, so that no configuration should name it.
  ///
  /// Access, authorization, agreement and Region never block, although requests fail while they are missing: the account can get them.
  public var isBlocking: Bool {
    switch self {
    case .profile, .provisionedThroughput, .quota, .status, .customModel: true
    case .access, .authorization, .agreement, .region, .legacy: false
    }
  }
}
