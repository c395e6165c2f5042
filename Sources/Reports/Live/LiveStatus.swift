/// What goes on with an account's quotas now: what a gateway's `/status` shows, and `bedquota serve` for CloudWatch's figures. The live
/// page, `bedquota top` and `/metrics` are made from it.
///
/// Whoever answers for a figure fills it in; one that is unknown is absent. The names are those of docs/json.md, and stay.
package struct LiveStatus: Sendable, Codable, Equatable {
  package enum Source: String, Sendable, Codable {
    /// The meters of a gateway, which sees each request.
    case gateway
    /// CloudWatch's sums of each minute, which come a few minutes late.
    case cloudwatch
  }

  package var source: Source
  /// When the figures were true.
  package var at: Timestamp
  /// nil: there is no gateway.
  package var gateway: Gateway?
  /// How CloudWatch is read; nil for a gateway.
  package var reading: Reading?
  /// In the order of the configuration.
  package var accounts: [Account]
  package var pools: [Pool]
  /// Sorted by name.
  package var routes: [Route]
  package var callers: [Caller]

  package init(
    source: Source, at: Timestamp, gateway: Gateway? = nil, reading: Reading? = nil, accounts: [Account] = [],
    pools: [Pool] = [], routes: [Route] = [], callers: [Caller] = []
  ) {
    (self.source, self.at, self.gateway, self.reading) = (source, at, gateway, reading)
    (self.accounts, self.pools, self.routes, self.callers) = (accounts, pools, routes, callers)
  }

  package struct Gateway: Sendable, Codable, Equatable {
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

  /// How CloudWatch is read.
  package struct Reading: Sendable, Codable, Equatable {
    package var version: String
    /// Seconds from one reading to the next.
    package var everySeconds: Int
    /// When the figures were read; nil: they never were.
    package var readAt: Timestamp?
    /// Why the last reading failed, in a sentence; nil if it did not.
    package var problem: String?
    /// What CloudWatch said about its answers, and what of them is left out, in sentences.
    package var notes: [String]?

    package init(
      version: String, everySeconds: Int, readAt: Timestamp? = nil, problem: String? = nil, notes: [String]? = nil
    ) {
      (self.version, self.everySeconds, self.readAt, self.problem) = (version, everySeconds, readAt, problem)
      self.notes = notes
    }
  }

  /// An AWS account that requests go to.
  package struct Account: Sendable, Codable, Equatable {
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
  package struct Region: Sendable, Codable, Equatable {
    package var region: String
    /// How many quotas were read; nil: they never were.
    package var quotas: Int?
    package var quotasReadAt: Timestamp?
    /// Why the last reading brought none, in a sentence; nil if it did.
    package var quotasProblem: String?

    package init(region: String) { self.region = region }
  }

  /// The ids whose requests count against the same quotas.
  package struct Pool: Sendable, Codable, Equatable {
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
    /// Requests that were sent and have not ended; nil where nobody counts them.
    package var inFlight: Int?
    /// Requests that wait for a quota; nil where nobody holds them.
    package var waiting: Int?
    /// For how long the one has waited that came first; nil: none waits.
    package var longestWaitSeconds: Double?
    package var throttlesLastHour: Int?
    /// The last hour, minute by minute; nil: unknown.
    package var lastHour: History?
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

  /// Counts of each minute, the oldest first.
  package struct History: Sendable, Codable, Equatable {
    /// When the first minute begins.
    package var start: Timestamp
    /// Requests that callers made, those included that were refused or throttled; an element is nil if it is unknown.
    package var demand: [Double?]
    /// Requests that AWS throttled.
    package var throttles: [Double?]

    package init(start: Timestamp, demand: [Double?], throttles: [Double?]) {
      (self.start, self.demand, self.throttles) = (start, demand, throttles)
    }
  }

  /// This gateway as a member of a fleet.
  package struct Fleet: Sendable, Codable, Equatable {
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

  package struct Quota: Sendable, Codable, Equatable {
    /// nil: no quota of AWS, but a limit of ours.
    package var code: String?
    package var name: String?
    /// As docs/json.md spells it: `rpm`, `tpm`, `tpd`…
    package var measure: String
    package var limit: Double
    /// What is free now, in the limit's unit; below zero: debt. nil: unknown. With ``reserved`` and ``used`` it is less than the limit where
    /// a part of it is kept free, or is not enforced.
    package var level: Double?
    /// What requests in flight hold until their replies say what they used; nil: unknown.
    package var reserved: Double?
    /// What replies have used and has not come back yet; nil: unknown.
    package var used: Double?
    /// The share of the limit that the service seems to enforce; nil: all of it.
    package var enforcedShare: Double?
    /// nil: it counts all prompts, or all that are not long.
    package var isForLongPrompts: Bool?

    package init(
      code: String?, name: String?, measure: String, limit: Double, level: Double? = nil, reserved: Double? = nil,
      used: Double? = nil
    ) {
      (self.code, self.name, self.measure, self.limit) = (code, name, measure, limit)
      (self.level, self.reserved, self.used) = (level, reserved, used)
    }

    /// How full it is, 0 to 1 and above 1 in debt; nil: unknown.
    package var utilization: Double? {
      guard limit > 0 else { return nil }
      // The level alone would count what is never given out as used.
      return used.map { ($0 + (reserved ?? 0)) / limit } ?? level.map { (limit - $0) / limit }
    }
  }

  package struct Caller: Sendable, Codable, Equatable {
    package var name: String
    package var share: Double
    /// `high`, `normal` or `low`.
    package var priority: String
    package var waiting = 0
    package var inFlight = 0
    /// Input and output tokens of the last hour.
    package var tokensLastHour: Int64?
    /// Since midnight, UTC.
    package var tokensToday: Int64?
    package var budgets: [Budget] = []

    package init(name: String, share: Double, priority: String) {
      self.name = name
      self.share = share
      self.priority = priority
    }
  }

  package struct Budget: Sendable, Codable, Equatable {
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
}
