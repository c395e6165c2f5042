import AWSClient
import AWSWire
package import AdmissionControl
import HTTPTypes
import Synchronization
package import Tracing

/// Carries requests that callers formed, and whose bytes pass through unchanged.
extension QuotaAwareClient {
  /// Begins a request, whose first turn is to be waited for.
  /// - Parameters:
  ///   - bounds: what it can use; they decide its cost alone.
  ///   - api, context: for its span.
  @inline(never)
  package func turn(
    _ bounds: RequestBounds, of api: ModelRequest.API, in context: ServiceContext, terms: RelayTerms
  ) -> RelayTurn {
    let request = ModelRequest(api, body: [:])
    let (running, first) = begin(
      request, bounds, deadline: terms.holdMax, countsTokens: false, telemetry.startSpan(request, in: context))
    return RelayTurn(self, running, first, terms)
  }

  /// Sends a request whose first turn was waited for, again if that makes sense and can't be paid twice. It is called once for a turn.
  /// - Parameter exchange: sends the request once, and returns when its reply has begun with a status of 200 to 299. It gets the quota
  ///   tokens that are reserved for it.
  /// - Throws: `Refusal` if the limiter refuses it; what the last `exchange` threw; `CancellationError`. Nothing is reserved then.
  package func relay<Reply: Sendable>(
    _ turn: RelayTurn, exchange: (_ reserved: Int64) async throws -> Reply
  ) async throws -> (invocation: RelayedInvocation, reply: Reply) {
    guard var running = turn.take() else { preconditionFailure("A turn is used twice.") }
    let attempt = try await attempt(&running, turn.first) { running, _, _ in
      let reply = try await exchange(reservedTokens(running))
      headArrived(&running, [:])
      return reply
    }
    let reply = attempt.reply
    // Taken apart here: as a generic parameter that is consumed, swiftc 6.3.1 -O releases the reply twice.
    return (finish(&running, attempt.reservation), reply)
  }

  /// Hands a relayed request whose reply has begun to whoever passes the reply on.
  func finish(_ running: inout RunningRequest, _ reservation: consuming Reservation) -> RelayedInvocation {
    book.withLock { running.course.streamBegan($0.estimator) }
    return RelayedInvocation(self, running, reservation)
  }

  /// The quota tokens that are reserved for a request. Of bedrock-mantle's two quotas, that of input is the one that reserves
  /// max_tokens.
  func reservedTokens(_ running: RunningRequest) -> Int64 {
    let amounts = admission(of: running.course.cost, running.bounds).cost.reserved
    return amounts.tokens + amounts.inputTokens
  }

  /// What a request would reserve now.
  package func reserved(_ bounds: RequestBounds) -> Amounts {
    let cost = book.withLock { $0.estimator.cost(of: bounds.size, maxTokens: bounds.maxTokens, metering: metering) }
    return admission(of: cost, bounds).cost.reserved
  }

  /// What a budget reserves for a request, and the most that the request can cost, in quota tokens.
  ///
  /// The two differ only for a model whose figures aren't known: the most that any model could use would fill a budget with a few
  /// requests that use next to nothing.
  package func budgetTokens(_ bounds: RequestBounds) -> (reserved: Int64, most: Int64) {
    func tokens(_ bound: UsageBound) -> Int64 {
      metering.quotaTokens(TokenUsage(input: bound.inputMax, output: bound.outputMax))
    }
    return (tokens(bounds.usual), tokens(bounds.usage))
  }

  /// The limits with their levels, as they are now.
  package var meters: [Snapshot.MeterState] { limiter.snapshot.meters }
}
