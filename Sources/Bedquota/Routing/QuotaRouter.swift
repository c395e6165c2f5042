import AWSWire
import AdmissionControl
import Synchronization

/// Sends requests through several clients of one model, each to the first whose quotas have room for it: other accounts, Regions,
/// inference profiles, endpoints or service tiers.
///
/// It has the interface of ``QuotaAwareClient``. The clients may also be used by themselves; their queues are shared.
///
/// ## Usage
///
/// ```swift
/// let router = try QuotaRouter([
///   .init("east", try await QuotaAwareClient(id, session: session)),
///   .init("west", try await QuotaAwareClient(id, session: try session.with(region: "us-west-2"))),
/// ])
/// let reply = try await router.send(ModelRequest(prompt: "How are you?", maxTokens: 200))
/// ```
///
/// - Candidates are asked in their order. A request for which none has room waits in the queues of all, and goes to the first that
///   has room. Requests go nowhere else: neither the account nor the geography of a profile changes unless a candidate says so.
/// - A conversation whose prompt a scope has cached stays there, as long as waiting for it costs less than filling another cache.
/// - A scope that can't be reached, has no room (503, 5xx), refuses access (401, 403, 404) or has no tokens left today rests, and is
///   tried again later. Its requests go to the others, unless they may be paid already.
public final class QuotaRouter: Sendable {
  /// A client, and what its scope is called in statistics and notes.
  public struct Candidate: Sendable {
    public var label: String
    public var client: QuotaAwareClient

    public init(_ label: String, _ client: QuotaAwareClient) {
      self.label = label
      self.client = client
    }
  }

  struct Book: Sendable {
    var chooser: RouteChooser
    var statistics: StatisticsRecorder
    /// Requests that wait.
    var races: [ObjectIdentifier: Race] = [:]
    /// nil: no request is sent twice.
    var hedges: HedgeBook?
  }

  /// The most candidates of a router.
  package static var candidatesMax: Int { CandidateSet.countMax }

  /// In the order in which they are asked.
  public let candidates: [Candidate]
  let book: Mutex<Book>

  /// - Parameters:
  ///   - candidates: 1 to 64, in the order in which they are asked.
  ///   - hedging: whether requests are sent a second time when their replies are late; nil: never.
  /// - Throws: ``BedquotaError`` (`configuration`) for another number of candidates, a client or label that comes twice, or a share that
  ///   isn't one.
  public init(_ candidates: [Candidate], hedging: Hedging? = nil) throws(BedquotaError) {
    if let share = hedging?.tokensShareMax, !(share > 0 && share <= 0.5) {
      throw BedquotaError(
        .configuration, "The share of tokens for second attempts is above 0 and at most 0.5, and not \(share).",
        parameters: ["hedging"])
    }
    guard let first = candidates.first, candidates.count <= CandidateSet.countMax else {
      throw BedquotaError(
        .configuration, "A route has 1 to \(CandidateSet.countMax) candidates, and not \(candidates.count).",
        parameters: ["candidates"])
    }
    guard Set(candidates.map(\.label)).count == candidates.count,
      Set(candidates.map { ObjectIdentifier($0.client) }).count == candidates.count
    else {
      throw BedquotaError(
        .configuration, "Each candidate of a route needs a client and a label of its own.", parameters: ["candidates"])
    }
    self.candidates = candidates
    book = Mutex(
      Book(
        chooser: RouteChooser(rates: candidates.map(\.client.tokensPerSecond)),
        statistics: StatisticsRecorder(at: first.client.options.clock()),
        hedges: hedging.map { HedgeBook(share: $0.tokensShareMax) }))
  }

  // MARK: - Invoking

  /// Sends a request as ``QuotaAwareClient/send(_:)`` does, through the first candidate whose quotas have room.
  /// - Parameter session: names the conversation; nil: its system prompt, tools and first message do.
  /// - Throws: as the client does. If all candidates fail, the error is the last one's; if all refuse, the refusal is that of the one
  ///   which would have had room first.
  public func send(_ request: ModelRequest, session: String? = nil) async throws -> ModelReply {
    try await send(request, session: session, gate: nil)
  }

  /// Sends a request as ``send(_:session:)`` does.
  /// - Parameter gate: drops the request while it waits.
  package func send(_ request: ModelRequest, session: String?, gate: SendGate?) async throws -> ModelReply {
    try await hedged(request) { [self] role in
      var (run, running, first) = try begin(request, session: session, role)
      // The first attempt alone is its caller's.
      if role?.isSecond != true { running.gate = gate }
      let attempt = try await attempt(&run, &running, first) { candidate, running, reservation, limits in
        try await candidates[candidate].client.exchange(&running, &reservation, limits)
      }
      role?.replied()
      return candidates[run.owner].client.finish(&running, attempt)
    }
  }

  /// Sends a request as ``QuotaAwareClient/stream(_:)`` does, through the first candidate whose quotas have room. Until the first
  /// event of the reply, it may go on at another one.
  /// - Parameter session: names the conversation; nil: its system prompt, tools and first message do.
  /// - Throws: as ``send(_:session:)``.
  public func stream(_ request: ModelRequest, session: String? = nil) async throws -> ModelStream {
    try await hedged(request) { [self] role in
      var (run, running, first) = try begin(request, session: session, role)
      let attempt = try await attempt(&run, &running, first) { candidate, running, _, limits in
        try await candidates[candidate].client.open(&running, limits)
      }
      role?.replied()
      return candidates[run.owner].client.finish(&running, attempt)
    }
  }

  /// Admits no new requests, and returns when those that wait and those in flight have ended.
  public func drain() async {
    await withDiscardingTaskGroup { group in
      for candidate in candidates { group.addTask { await candidate.client.drain() } }
    }
  }

  // MARK: - The candidates

  /// The time of the service, which may run faster in an emulator.
  var now: Duration {
    let options = candidates[0].client.options
    return options.timeScale == 1 ? options.clock() : options.clock() * options.timeScale
  }

  func sleep(_ time: Duration) async throws {
    let options = candidates[0].client.options
    try await options.sleep(options.timeScale == 1 ? time : time / options.timeScale)
  }

  /// Requests that wait look again at where they should.
  func wakeWaiters() {
    let races = book.withLock { Array($0.races.values) }
    for race in races { race.wake() }
  }
}

extension QuotaAwareClient {
  /// What its quota of tokens refills; 0 if no quota of tokens is known.
  var tokensPerSecond: Double {
    let limit = limits.first { $0.measure == .tokensPerMinute } ?? limits.first { $0.measure == .inputTokensPerMinute }
    return limit.map { Double($0.value) / 60 } ?? 0
  }
}
