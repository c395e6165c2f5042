package import AWSServer
import Foundation

/// What `/status` shows: accounts, pools with their quotas, routes, callers, the gateway itself. Whoever answers for a figure fills it in; one
/// that is unknown is absent. The names are those of docs/gateway-operation.md, and stay.
package struct GatewayStatus: Sendable, Encodable {
  package var gateway: Gateway
  /// In the order of the configuration.
  package var accounts: [Account]
  package var pools: [Pool]
  /// Sorted by name.
  package var routes: [Route]
  package var callers: [Caller]

  package init(
    gateway: Gateway, accounts: [Account] = [], pools: [Pool] = [], routes: [Route] = [], callers: [Caller] = []
  ) {
    self.gateway = gateway
    self.accounts = accounts
    self.pools = pools
    self.routes = routes
    self.callers = callers
  }

  package struct Gateway: Sendable, Encodable {
    package var version: String
    package var url: String?
    package var startedAt: Timestamp
    package var uptimeSeconds: Int
    /// nil: the gateway runs without a file.
    package var configurationFile: String?
    package var configurationLoadedAt: Timestamp
    package var isReady = false
    /// Why it is not ready, in a sentence; nil if it is.
    package var notReadyReason: String?
    package var isDraining = false
    package var connections = 0
    package var openStreams = 0
    package var heldBytes = 0
    package var accessLogDroppedLines: UInt64 = 0

    package init(version: String, startedAt: Timestamp, now: Timestamp, configurationLoadedAt: Timestamp) {
      self.version = version
      self.startedAt = startedAt
      uptimeSeconds = max(now.seconds - startedAt.seconds, 0)
      self.configurationLoadedAt = configurationLoadedAt
    }
  }

  /// An AWS account that requests go to.
  package struct Account: Sendable, Encodable {
    package var name: String
    /// The ARN of the role that is assumed; nil: none.
    package var role: String?
    /// Whether it has credentials, and the quotas of its default Region were read or are denied.
    package var isReady: Bool
    /// Why there are no credentials, in a sentence; nil: there are.
    package var credentialsProblem: String?
    /// Those of the configuration, or else those in use.
    package var regions: [Region] = []

    package init(name: String, role: String?, isReady: Bool, credentialsProblem: String?) {
      (self.name, self.role, self.isReady, self.credentialsProblem) = (name, role, isReady, credentialsProblem)
    }
  }

  /// A Region of an account.
  package struct Region: Sendable, Encodable {
    package var region: String
    /// How many quotas were read; nil: they never were.
    package var quotas: Int?
    package var quotasReadAt: Timestamp?
    /// Why the last reading brought none, in a sentence; nil if it did.
    package var quotasProblem: String?

    package init(region: String) { self.region = region }
  }

  /// The ids whose requests count against the same quotas.
  package struct Pool: Sendable, Encodable {
    /// The id that the pool is named after; with account, Region and endpoint, no other has it. Of ids that nobody knows it is
    /// `other`.
    package var id: String
    package var account: String
    package var region: String
    /// `runtime` or `mantle`.
    package var endpoint: String
    /// How much is known of its quotas: `resolved`, `partial` or `unknown`.
    package var status: String
    package var quotas: [Quota] = []
    package var inFlight = 0
    package var waiting = 0
    package var throttlesLastHour = 0
    package var quotasReadAt: Timestamp?
    /// Sentences about unexpected conditions, such as a quota that is not known.
    package var notes: [String] = []
    /// What the gateway knows of the fleet that shares the quotas; nil: it has them to itself, or has not joined yet.
    package var fleet: Fleet?

    package init(id: String, account: String, region: String, endpoint: String, status: String) {
      self.id = id
      self.account = account
      self.region = region
      self.endpoint = endpoint
      self.status = status
    }
  }

  /// This gateway as a member of a fleet.
  package struct Fleet: Sendable, Encodable {
    /// Members that the store counted last, this one included.
    package var members: Int64
    /// This member's part of what the store granted in the last minute, 0 to 1.
    package var share: Double
    /// Whether the store has not answered for two seconds.
    package var isStoreAway: Bool
    /// Whether requests are sent without the store.
    package var isInFallback: Bool
    /// Whether throttled requests have lowered the limits.
    package var hasLearntLimits: Bool
    package var syncs: Int64
    /// The time in which nine of ten answers of the store come; nil before the first.
    package var roundTripSeconds: Double?

    package init(
      members: Int64, share: Double, isStoreAway: Bool = false, isInFallback: Bool = false, hasLearntLimits: Bool = false,
      syncs: Int64 = 0, roundTripSeconds: Double? = nil
    ) {
      (self.members, self.share, self.isStoreAway, self.isInFallback) = (members, share, isStoreAway, isInFallback)
      (self.hasLearntLimits, self.syncs, self.roundTripSeconds) = (hasLearntLimits, syncs, roundTripSeconds)
    }
  }

  package struct Quota: Sendable, Encodable {
    /// nil: no quota of AWS, but a limit of ours.
    package var code: String?
    package var name: String?
    /// As docs/json.md spells it: `rpm`, `tpm`, `tpd`…
    package var measure: String
    package var limit: Double
    /// What is free now, in the limit's unit; below zero: debt.
    package var level: Double
    /// nil: it counts all prompts, or all that are not long.
    package var isForLongPrompts: Bool?

    package init(code: String?, name: String?, measure: String, limit: Double, level: Double) {
      self.code = code
      self.name = name
      self.measure = measure
      self.limit = limit
      self.level = level
    }
  }

  package struct Caller: Sendable, Encodable {
    package var name: String
    package var share: Double
    /// `high`, `normal` or `low`.
    package var priority: String
    package var waiting = 0
    package var inFlight = 0
    /// Since midnight, UTC.
    package var tokensToday: Int64?
    package var budgets: [Budget] = []

    package init(name: String, share: Double, priority: String) {
      self.name = name
      self.share = share
      self.priority = priority
    }
  }

  package struct Budget: Sendable, Encodable {
    /// As the configuration names it, such as `tokens_per_day`.
    package var name: String
    package var limit: Double
    package var left: Double

    package init(name: String, limit: Double, left: Double) {
      self.name = name
      self.limit = limit
      self.left = left
    }
  }

  /// The reply to a request for `/status`.
  package func reply() -> ServerResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // JSON has no number for infinity.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    guard var body = try? encoder.encode(self) else {
      return ServerResponse(status: 500, headers: [], body: Data())
    }
    body.append(0x0A)
    return .json(body)
  }
}
