package import AWSWire
package import Bedquota
package import BedrockQuotas

/// What is known of a request when it has ended: one line of the access log, and what the metrics count.
///
/// It holds neither bodies nor headers, so nothing secret can get from it into a log.
package struct RequestRecord: Sendable {
  /// What a request asked for.
  package enum Operation: Sendable, Hashable {
    /// A request to a model.
    case invocation(ModelRequest.API)
    /// Relayed without a quota of ours: the counting of tokens, guardrails, listings, jobs.
    case passage
    /// A page of the gateway itself.
    case page
    /// No route leads there.
    case unknown

    var label: String {
      switch self {
      case .invocation(let api): api.rawValue
      case .passage: "Passage"
      case .page: "Page"
      case .unknown: "Unknown"
      }
    }
  }

  /// How a request ended.
  package enum Outcome: String, Sendable, CaseIterable {
    case succeeded
    /// By us, before it was sent: its deadline, a full queue, a budget, draining; see ``refusal``.
    case refused
    /// By AWS, for a quota, and not tried again.
    case throttled
    /// With an error of AWS, or because AWS could not be reached.
    case failed
    /// Not authenticated, or not permitted by the key.
    case denied
    /// Not understood, too large, or without a route.
    case invalid
    /// The client left before the end.
    case abandoned
    /// With an error, after a status of 200 had been sent.
    case broken
  }

  /// The time that a request was held for one quota.
  package struct Wait: Sendable, Equatable {
    /// nil: a limit that no quota of AWS sets, such as a budget.
    package var code: String?
    package var measure: QuotaMeasure
    package var duration: Duration

    package init(code: String?, measure: QuotaMeasure, duration: Duration) {
      (self.code, self.measure, self.duration) = (code, measure, duration)
    }
  }

  /// When its head was there, in milliseconds since 1970.
  package var atMilliseconds: Int64
  /// Ours, as `x-amzn-RequestId` gives it unless AWS gave one.
  package var id: String
  /// Of AWS's reply.
  package var upstreamID: String?
  /// The trace that the client's `traceparent` names.
  package var traceID: String?
  /// The name of the key, or on loopback the name that the client goes by; nil: not authenticated.
  package var caller: String?
  /// Address and port as the connection has them, or the address alone.
  package var client: String?
  /// Such as `boto3`: the family of the client, never its whole User-Agent.
  package var agent: String?
  package var method: String
  /// As it was received, without the query, which may hold a signature.
  package var path: String
  package var operation: Operation
  /// The id that was asked for; only one that resolved.
  package var model: String?
  /// The model that the reply names; nil if it names none.
  package var responseModel: String?
  /// The name of the account that it was sent to.
  package var account: String?
  package var region: String?
  package var endpoint: QuotaEndpoint?
  /// The name of `models` that leads to several candidates; nil: there is one place.
  package var routeName: String?
  /// The candidate of that name to which it was sent last, as `ID@REGION/ACCOUNT`; nil: to none.
  package var route: String?
  /// How often it was sent to another candidate than before.
  package var moves = 0
  /// What was sent to the client; nil: nothing.
  package var status: Int?
  /// Such as `ThrottlingException`; nil: none.
  package var error: String?
  package var outcome: Outcome
  package var refusal: RefusalReason?
  package var isStream = false
  /// From the head to the last byte of the reply.
  package var took = Duration.zero
  /// For each quota that it waited for, in their order.
  package var waits: [Wait] = []
  /// From the sending of the last attempt to its last byte; nil: never sent.
  package var upstream: Duration?
  /// From the head of the request to the first byte of AWS's reply that went to the client; nil: none did.
  package var firstByte: Duration?
  package var attempts = 0
  package var usage: TokenUsage?
  /// Whether ``usage`` is our estimate, because the reply didn't say it.
  package var isEstimate = false
  /// Quota tokens that its last attempt reserved; nil: never sent.
  package var reserved: Int64?
  package var bytesIn = 0
  package var bytesOut = 0
  package var keepAlives = 0

  package init(
    atMilliseconds: Int64, id: String, method: String, path: String, operation: Operation, outcome: Outcome = .succeeded
  ) {
    self.atMilliseconds = atMilliseconds
    self.id = id
    self.method = method
    self.path = path
    self.operation = operation
    self.outcome = outcome
  }

  /// How long it was held, for whatever quota.
  package var waited: Duration { waits.reduce(.zero) { $0 + $1.duration } }
}
