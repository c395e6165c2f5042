import AWSClient
import AWSWire
package import AdmissionControl
import HTTPTypes
import Synchronization
package import Tracing

/// Carries requests that callers formed, and whose bytes pass through unchanged.
extension QuotaAwareClient {
  /// Waits until the quota has room for a request, and sends it, again if that makes sense and can't be paid twice.
  /// - Parameters:
  ///   - bounds: what it can use; they decide its cost alone.
  ///   - api, context: for its span.
  ///   - exchange: sends the request once, and returns when its reply has begun with a status of 200 to 299. It gets the quota tokens
  ///     that are reserved for it.
  /// - Throws: `Refusal` if the limiter refuses it; what the last `exchange` threw; `CancellationError`. Nothing is reserved then.
  package func relay<Reply: Sendable>(
    _ bounds: RequestBounds, of api: ModelRequest.API, in context: ServiceContext, terms: RelayTerms,
    exchange: (_ reserved: Int64) async throws -> Reply
  ) async throws -> (invocation: RelayedInvocation, reply: Reply) {
    let request = ModelRequest(api, body: [:])
    var (running, first) = begin(
      request, bounds, deadline: terms.holdMax, countsTokens: false, telemetry.startSpan(request, in: context))
    running.terms = terms
    let attempt = try await attempt(&running, first) { running, _, _ in
      let amounts = admission(of: running.course.cost, running.bounds).cost.reserved
      // Of bedrock-mantle's two quotas, that of input is the one that reserves max_tokens.
      let reply = try await exchange(amounts.tokens + amounts.inputTokens)
      headArrived(&running, [:])
      return reply
    }
    book.withLock { running.course.streamBegan($0.estimator) }
    let reply = attempt.reply
    // Taken apart here: as a generic parameter that is consumed, swiftc 6.3.1 -O releases the reply twice.
    return (RelayedInvocation(self, running, attempt.reservation), reply)
  }

  /// What a request would reserve now.
  package func reserved(_ bounds: RequestBounds) -> Amounts {
    let cost = book.withLock { $0.estimator.cost(of: bounds.size, maxTokens: bounds.maxTokens, metering: metering) }
    return admission(of: cost, bounds).cost.reserved
  }

  /// The most quota tokens that a request can cost.
  package func mostQuotaTokens(_ bounds: RequestBounds) -> Int64 {
    let most = TokenUsage(input: bounds.usage.inputMax, output: bounds.usage.outputMax)
    return metering.quotaTokens(most)
  }

  /// The limits with their levels, as they are now.
  package var meters: [Snapshot.MeterState] { limiter.snapshot.meters }
}
