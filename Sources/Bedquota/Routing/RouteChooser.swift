/// Decides to which of several scopes a request may go. It holds no limiter and reads no clock.
///
/// - Candidates are asked in the order of the route. One whose scope has failed rests, and then one request tries it again.
/// - A session whose prompt a scope has cached stays there, as long as waiting costs less than the cache is worth to all who wait; see
///   ``RouteChoice/delay(own:_:)``.
package struct RouteChooser: Sendable {
  /// Tokens per second that each candidate's limit refills at the start; 0 if unknown.
  private let rates: [Double]
  private var uses: [RecentTokens]
  private var sessions: SessionTable
  private var rests: [CandidateRest?]
  /// Those that have a rest, be it over or not.
  private var rested: CandidateSet = []
  /// Requests that were admitted elsewhere than where their session is cached.
  private(set) var spills: UInt64 = 0

  /// - Parameter rates: tokens per second of each candidate, 1 to 64 of them; 0 if unknown.
  package init(rates: [Double], sessionsMax: Int = 65_536) {
    self.rates = rates
    uses = Array(repeating: RecentTokens(), count: rates.count)
    sessions = SessionTable(sessionsMax: sessionsMax)
    rests = Array(repeating: nil, count: rates.count)
  }

  // MARK: - Choosing

  /// - Parameters:
  ///   - allowed: those that can take the request; not empty.
  ///   - trials: those that it tries already.
  package mutating func choose(
    _ session: RouteSession?, among allowed: CandidateSet, trying trials: CandidateSet = [], at now: Duration
  ) -> RouteChoice {
    var choice = RouteChoice(candidates: allowed, trials: trials)
    if !rested.isDisjoint(with: allowed.subtracting(trials)) { leaveOutResting(&choice, at: now) }
    guard let session, let entry = sessions.find(session, at: now), choice.candidates.has(entry.candidate) else { return choice }
    choice.favourite = entry.candidate
    (choice.cachedTokens, choice.cachedSeconds) = (entry.cachedTokens, session.cachedSeconds)
    return choice
  }

  /// The part of a candidate's limit that replies of the last minute used.
  /// - Parameter tokensPerSecond: what its limit refills now; 0 if unknown.
  package func used(_ candidate: Int, of tokensPerSecond: Double, at now: Duration) -> Double {
    tokensPerSecond > 0 ? uses[candidate].rate(at: now) / tokensPerSecond : 0
  }

  @inline(never)
  private mutating func leaveOutResting(_ choice: inout RouteChoice, at now: Duration) {
    let allowed = choice.candidates
    for candidate in rested.intersection(allowed).subtracting(choice.trials).ordered() {
      guard let rest = rests[candidate] else { continue }
      if rest.endsAt <= now {
        rests[candidate]?.tried(at: now)
        choice.trials.insert(CandidateSet(candidate))
      } else {
        choice.candidates.remove(CandidateSet(candidate))
        choice.lookAgainAt = min(choice.lookAgainAt ?? rest.endsAt, rest.endsAt)
        if !rest.isLasting { choice.passesAt = min(choice.passesAt ?? rest.endsAt, rest.endsAt) }
      }
    }
    guard choice.candidates.isEmpty else { return }
    // All rest, so that AWS answers and not we. Those come first that may only lack room.
    let lasting = allowed.ordered().filter { rests[$0]?.isLasting ?? false }.reduce(into: CandidateSet()) {
      $0.insert(CandidateSet($1))
    }
    let open = allowed.subtracting(lasting)
    (choice.candidates, choice.lookAgainAt, choice.passesAt) = (open.isEmpty ? allowed : open, nil, nil)
  }

  /// Those that don't rest.
  package func ready(at now: Duration) -> CandidateSet {
    rested.ordered().reduce(into: CandidateSet(count: rates.count)) { ready, candidate in
      if let rest = rests[candidate], rest.endsAt > now { ready.remove(CandidateSet(candidate)) }
    }
  }

  /// Whether a request tries the candidate after a rest.
  func isTried(_ candidate: Int) -> Bool { rests[candidate]?.isTried ?? false }

  /// Those that deny access, or have no tokens left today, and rest for it.
  func lasting(at now: Duration) -> CandidateSet {
    rested.ordered().reduce(into: CandidateSet()) { lasting, candidate in
      if let rest = rests[candidate], rest.isLasting, rest.endsAt > now { lasting.insert(CandidateSet(candidate)) }
    }
  }

  /// The candidate that a request is likely to go to; nil if none is allowed.
  func likely(_ session: RouteSession?, among allowed: CandidateSet, at now: Duration) -> Int? {
    let ready = rested.isEmpty ? allowed : allowed.intersection(self.ready(at: now))
    if let session, let entry = sessions.find(session, at: now), ready.has(entry.candidate) { return entry.candidate }
    return ready.first ?? allowed.first
  }

  /// The part of a request that each of several queues is expected to serve: its limit's part of all their limits.
  func share(of candidate: Int, among candidates: CandidateSet) -> Double {
    let all = candidates.ordered().map { rates[$0] }
    return all.contains(0) ? 1 / Double(max(all.count, 1)) : rates[candidate] / all.reduce(0, +)
  }

  /// How long a candidate rests; nil: it takes requests.
  package func restLeft(of candidate: Int, at now: Duration) -> Duration? {
    rests[candidate].flatMap { $0.endsAt > now ? $0.endsAt - now : nil }
  }

  /// The sessions that each candidate has cached.
  func sessionCounts(at now: Duration) -> [Int] {
    sessions.entries(at: now).reduce(into: Array(repeating: 0, count: rates.count)) { $0[$1.candidate] += 1 }
  }

  // MARK: - What happened

  /// A candidate has admitted a request. If the session was cached elsewhere, it will be cached here.
  package mutating func admitted(_ session: RouteSession?, by candidate: Int, at now: Duration) {
    guard let session, let entry = sessions.find(session, at: now) else { return }
    if entry.candidate != candidate { spills += 1 }
    sessions.set(session, candidate, cachedTokens: entry.cachedTokens, at: now)
  }

  /// A request will not try these candidates after all.
  package mutating func release(_ trials: CandidateSet, at now: Duration) {
    for candidate in trials.ordered() { rests[candidate]?.released(at: now) }
  }

  /// The scope of a candidate answers.
  /// - Returns: whether a rest ends with that.
  package mutating func answered(_ candidate: Int) -> Bool {
    guard rested.has(candidate) else { return false }
    rests[candidate] = nil
    rested.remove(CandidateSet(candidate))
    return true
  }

  /// The scope of a candidate doesn't serve anybody for now.
  /// - Returns: whether a rest begins with that; not for requests that were in flight when it began.
  @discardableResult
  package mutating func failed(_ candidate: Int, _ failure: ScopeFailure, at now: Duration) -> Bool {
    let isNew = rests[candidate].map { $0.isTried || $0.endsAt <= now } ?? true
    defer { rested.insert(CandidateSet(candidate)) }
    rests[candidate] = CandidateRest(after: failure, rests[candidate], at: now)
    return isNew
  }

  /// A reply has cost so many quota tokens.
  package mutating func used(_ quotaTokens: Int64, by candidate: Int, at now: Duration) {
    uses[candidate].add(quotaTokens, at: now)
  }

  /// A reply says how much of its prompt is cached where it comes from.
  /// - Parameter cachedTokens: what was read from the cache and written to it.
  package mutating func learned(_ session: RouteSession, cachedTokens: Int, at candidate: Int, now: Duration) {
    guard cachedTokens > 0 else {
      if sessions.find(session, at: now)?.candidate == candidate { sessions.remove(session) }
      return
    }
    sessions.set(session, candidate, cachedTokens: cachedTokens, at: now)
  }
}
