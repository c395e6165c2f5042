import AWSWire
package import AdmissionControl
import HTTPTypes
package import Tracing

/// Carries requests that callers formed, and whose bytes pass through unchanged.
extension QuotaRouter {
  /// Waits until the quota of a candidate has room for a request, and sends it, again or elsewhere if that makes sense and can't be
  /// paid twice.
  /// - Parameters:
  ///   - bounds: what it can use at a candidate, by its index; nil: that candidate can't take it.
  ///   - api, context: for its span.
  ///   - session: the conversation; nil: none.
  ///   - exchange: sends the request once to a candidate, and returns when its reply has begun with a status of 200 to 299. It gets
  ///     the quota tokens that are reserved for it there.
  /// - Returns: also the candidate that serves it.
  /// - Throws: `Refusal` if all limiters refuse it; what the last `exchange` threw; `CancellationError`; ``BedquotaError`` (`request`)
  ///   if no candidate can take it. Nothing is reserved then.
  package func relay<Reply: Sendable>(
    _ bounds: @escaping (Int) -> RequestBounds?, of api: ModelRequest.API, in context: ServiceContext, session: RouteSession?,
    terms: RelayTerms, exchange: (_ candidate: Int, _ reserved: Int64) async throws -> Reply
  ) async throws -> (candidate: Int, invocation: RelayedInvocation, reply: Reply) {
    let request = ModelRequest(api, body: [:])
    var run = RouteRun(count: candidates.count, session: session, terms: terms) { (candidate, _) throws(BedquotaError) in
      guard let bounds = bounds(candidate) else {
        throw BedquotaError(.request, "No candidate of the route takes this request.")
      }
      return RouteRun.Prepared(request: request, bounds: bounds)
    }
    let (client, prepared) = try first(of: &run)
    var (running, action) = client.begin(
      request, prepared.bounds, deadline: terms.holdMax, countsTokens: false, client.telemetry.startSpan(request, in: context))
    running.terms = terms
    began(run, &running)
    let attempt = try await attempt(&run, &running, action) { candidate, running, _, _ in
      let client = candidates[candidate].client
      let reply = try await exchange(candidate, client.reservedTokens(running))
      client.headArrived(&running, [:])
      return reply
    }
    let reply = attempt.reply
    return (run.owner, candidates[run.owner].client.finish(&running, attempt.reservation), reply)
  }

  /// The candidate in whose queue a place is; nil if it is in none.
  package func candidate(of place: QueuePlace) -> Int? {
    candidates.firstIndex { $0.client.limiter.holds(place) || $0.client.longContext?.limiter.holds(place) ?? false }
  }
}
