public import BedrockQuotas

/// One way to invoke a model: what a request names, which quotas count it, and what it needs.
public struct ModelRoute: Sendable, Equatable {
  /// What a request names.
  ///
  /// A struct, so that a new value breaks nobody's `switch`.
  public struct Kind: Hashable, Sendable {
    /// The name in JSON.
    public let name: String

    private init(_ name: String) { self.name = name }

    /// The model's own id, on bedrock-runtime.
    public static let model = Kind("model")
    /// An inference profile that AWS defined, geographic or global.
    public static let systemProfile = Kind("system-profile")
    /// An inference profile of the account.
    public static let applicationProfile = Kind("application-profile")
    /// The model's own id, on bedrock-mantle.
    public static let mantle = Kind("mantle")
    /// A provisioned throughput of the account.
    public static let provisioned = Kind("provisioned")
  }

  public var kind: Kind
  /// What a request names: an id, or the ARN of an application profile or a provisioned throughput.
  public var id: String
  /// AWS's name of it, or the account's; nil if there is none.
  public var name: String?
  /// The quotas that count its requests.
  public var resolution: Resolution
  /// The Regions that may process requests, sorted; only the route's own unless it is a profile. Empty if AWS doesn't say.
  public var destinations: [String]
  /// Whether requests may be processed in every commercial Region.
  public var isGlobal: Bool
  /// The lifecycle of a model, or the status of a profile or a provisioned throughput, in AWS's word; nil if AWS doesn't say.
  public var status: String?
  /// nil unless it is one.
  public var provisioned: ProvisionedThroughput?
  /// The number of its pool in ``ModelRoutes/pools``; nil if no quota of requests or tokens counts it, or none is certain.
  public internal(set) var pool: Int?
  public var needs: [RouteNeed]

  /// The endpoint that takes the requests.
  public var endpoint: QuotaEndpoint { kind == .mantle ? .mantle : .runtime }
  /// `us` of `us.amazon.nova-pro-v1:0`; nil unless it is a geographic profile of AWS.
  public var geography: String? {
    guard kind == .systemProfile, !isGlobal, case .systemProfile(let profile)? = InvokedID(id)?.kind else { return nil }
    return profile.geography
  }
  /// Whether nothing that AWS's lists tell keeps requests from being accepted, apart from access to the model.
  public var isUsable: Bool { !needs.contains(where: \.isBlocking) }

  /// Routes of one pool follow each other, those first that a configuration would name first.
  var rank: Int {
    switch (kind, resolution.scope) {
    case (.provisioned, _): isUsable ? 0 : 1
    case (.systemProfile, .crossRegion): 2
    case (.applicationProfile, .crossRegion): 3
    case (.model, _): 4
    case (.applicationProfile, .onDemand): 5
    case (.systemProfile, _): 6
    case (.applicationProfile, .global): 7
    case (.mantle, _): 9
    default: 8
    }
  }
}
