import AWSWire
import AdmissionControl
import Synchronization

/// A request on its way through a router: which candidates may still take it, and what each of them makes of it.
struct RouteRun {
  /// A request as one client sends it.
  struct Prepared {
    let request: ModelRequest
    let bounds: RequestBounds
  }

  /// What the candidates make of it, by their index; throws if one can't take it.
  typealias Prepare = (Int, QuotaAwareClient) throws(BedquotaError) -> Prepared

  let session: RouteSession?
  /// How long it may take; nil: as the options of each client say.
  let terms: RelayTerms?
  /// Those that can take it.
  private(set) var allowed: CandidateSet
  /// The candidate whose client counts it now.
  var owner = 0
  /// What it reserves where it began, where its tokens may have been counted.
  var cost: (candidate: Int, cost: Cost)?
  /// Those whose scopes have failed on it, and those that have denied it.
  var failed: CandidateSet = []
  var denied: CandidateSet = []
  /// Those that had no room for it, for which further attempts there are retries.
  var refused: CandidateSet = []
  /// Where its last attempt was turned away, if the limiter there awaits the retry.
  var awaited: (candidate: Int, limiter: Limiter)?
  /// Whether it may be paid already, so that it stays where it is.
  var stays = false
  /// Which of two attempts it is; nil: it isn't hedged.
  var role: HedgeRole?
  private let prepare: Prepare
  private var prepared: [Int: Prepared] = [:]
  private var problem: BedquotaError?

  init(count: Int, session: RouteSession?, terms: RelayTerms?, prepare: @escaping Prepare) {
    (self.session, self.terms, self.prepare) = (session, terms, prepare)
    allowed = CandidateSet(count: count)
  }

  /// Those that it may be sent to next.
  var open: CandidateSet {
    if stays { return CandidateSet(owner) }
    let open = allowed.subtracting(denied)
    return open.isEmpty ? allowed : open
  }

  /// It doesn't go to a candidate.
  mutating func exclude(_ candidate: Int) { allowed.remove(CandidateSet(candidate)) }

  /// What a client makes of the request; nil if it can't take it, and is not asked again.
  mutating func prepared(for candidate: Int, _ client: QuotaAwareClient) -> Prepared? {
    if let known = prepared[candidate] { return known }
    do {
      let new = try prepare(candidate, client)
      prepared[candidate] = new
      return new
    } catch {
      problem = problem ?? error
      allowed.remove(CandidateSet(candidate))
      return nil
    }
  }

  /// Why no candidate can take it.
  var refusal: BedquotaError { problem ?? BedquotaError(.request, "No candidate of the route takes this request.") }
}

extension QuotaAwareClient {
  /// The request as this client sends it.
  func prepared(_ original: ModelRequest) throws(BedquotaError) -> RouteRun.Prepared {
    try checkShape(of: original)
    let request = tiered(filled(original))
    return RouteRun.Prepared(request: request, bounds: bounds(of: request))
  }

  /// The limiter that admits a request, and what the request reserves there.
  func admission(of bounds: RequestBounds) -> (limiter: Limiter, cost: Cost) {
    let cost = book.withLock { $0.estimator.cost(of: bounds.size, maxTokens: bounds.maxTokens, metering: metering) }
    return admission(of: cost, bounds)
  }
}
