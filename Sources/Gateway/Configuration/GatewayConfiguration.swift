package import Bedquota

/// What a gateway is told: the defaults, or a YAML file (see `docs/gateway-configuration.md`). A value that never changes; a reload
/// makes another.
package struct GatewayConfiguration: Sendable, Equatable {
  /// PEM files to serve TLS with.
  package struct TLS: Sendable, Equatable {
    package var certificate: String
    package var key: String
  }

  /// The pages for operators, `/metrics` and `/status`.
  package struct Admin: Sendable, Equatable {
    /// An address of their own; nil: that of the gateway.
    package var listen: ListenAddress?
    /// What must be sent as a bearer token; nil: they answer on loopback only.
    package var secret: Secret?
  }

  /// What waits for quota.
  package struct Queue: Sendable, Equatable {
    /// The longest that any request waits.
    package var waitMax = Duration.seconds(600)
    /// The bytes of all bodies that wait.
    package var bytesMax = 512_000_000
    package var requestsMax = 100_000
  }

  package struct Limits: Sendable, Equatable {
    /// The longest body of a request. Source: the largest `Body` in botocore 1.43.127, bedrock-runtime 2023-09-30.
    package var bodyBytesMax = 25_000_000
    /// Requests in progress at a time.
    package var requestsMax = 16_384
    /// From the head of a request to the last byte of its reply, waiting included. Bedrock itself ends a reply after an hour at most.
    package var timeMax = Duration.seconds(3_600)
  }

  /// What a plain reply does while its request waits.
  package enum PlainKeepAlive: String, Sendable, CaseIterable {
    /// Nothing is sent.
    case silent
    /// A 200 is sent, then blanks; an error can no longer have a status of its own.
    case spaces
  }

  package enum AccessLog: Sendable, Equatable {
    case off, stdout
    case file(String)
  }

  package var listen = ListenAddress(host: "127.0.0.1", port: 4_000)
  package var tls: TLS?
  package var admin = Admin()
  /// The AWS accounts that requests go to, the default first; empty: the gateway's own alone.
  package var accounts: [AccountSettings] = []
  /// What the names stand for that callers use: one route, or those of a list.
  package var models: [String: [NamedRoute]] = [:]
  /// The secret from which keys without one of their own are derived.
  package var master: Secret?
  /// In the order of the file.
  package var keys: [CallerKey] = []
  /// Whether Bedrock API keys go to AWS; nil: only if no keys are configured.
  package var passThrough: Bool?
  package var queue = Queue()
  /// How long requests may take to finish after a signal to stop.
  package var drain = Duration.seconds(600)
  /// How long the gateway goes on accepting connections after it says that it isn't ready.
  package var drainDelay = Duration.seconds(5)
  /// The part of each quota that the gateway may use, above 0 and up to 1.
  package var quotaShare = 1.0
  /// The store by which gateways and other processes share the quotas; nil: this gateway has its part to itself.
  package var fleet: FleetSettings?
  package var plainKeepAlive = PlainKeepAlive.silent
  package var accessLog = AccessLog.off
  package var limits = Limits()
  /// The files that were read for secrets.
  package var secretFiles: [String] = []

  package init() {}

  /// Whether any credential is let in. It is on loopback only.
  package var isOpen: Bool { keys.isEmpty }
  package var passesAPIKeysThrough: Bool { passThrough ?? isOpen }
}
