/// Simulates a client that sends a request whenever one fits, request by request, and counts its rate. The work is bounded.
///
/// It covers the cases in which whole requests matter and no formula applies: few requests in flight, workers that wait for each
/// other, two quotas that bind in turn. Times are nanoseconds from the start; amounts are whole numbers, which `Double`
/// represents exactly.
struct GreedyRun {
  /// How the quota's minute works; see ``SteadyRate``.
  enum Window { case bucket, rolling }

  /// A quota of tokens per minute, and a request's reservation and final cost.
  struct Tokens {
    var quota: Double
    var reserved: Double
    var final: Double
  }

  /// The steady rate.
  struct Outcome {
    var requestsPerMinute: Double
    /// The limit that delayed the next request for most of the time.
    var binding: QuotaMeasure
    /// False if the work ran out before the start phase ended.
    var isSettled = true
  }

  var tokens: Tokens?
  /// Requests per minute.
  var requests: Double?
  /// The most requests in flight; nil: any number.
  var workers: Int?
  private let window: Window
  private let latency: Int64

  /// When each request was admitted, in order. Replies end in the same order, because all take equally long.
  private var starts: [Int64] = []
  /// The number of requests that have ended.
  private var ended = 0
  /// The number of requests that have left the rolling window.
  private var expired = 0
  /// The buckets' levels at ``now``.
  private var tokenLevel = 0.0
  private var requestLevel = 0.0
  private var now: Int64 = 0
  /// Nanoseconds for which each limit delayed the next request.
  private var held: [QuotaMeasure: Int64] = [:]

  private static let minute: Int64 = 60_000_000_000
  /// The bound of the work; a run that reaches it is measured over its later half.
  static let requestsMax = 150_000

  /// - Parameter latency: seconds, above 0.
  init(_ window: Window, latency: Double) {
    self.window = window
    self.latency = max(1, Int64(saturating: (latency * 1e9).rounded()))
  }

  /// Runs until the start phase is long over, and then for many windows, latencies and requests.
  func outcome() -> Outcome {
    var run = self
    run.tokenLevel = tokens?.quota ?? 0
    run.requestLevel = requests ?? 0
    let warmUp = warmUp
    var (measured, from): (Int, Int64) = (0, 0)
    var end = Int64.max
    while run.starts.count < Self.requestsMax {
      run.admit()
      guard let next = run.nextInstant() else { break }
      if from == 0, next.instant >= warmUp {
        (measured, from) = (run.starts.count, warmUp)
        run.held = [:]
        // At low rates, long enough for 600 requests; in whole minutes, so that a window's pattern is not cut.
        let perMinute = max(Double(measured) * Double(Self.minute) / Double(warmUp), 0.01)
        let minutes = max(50, 200 * latency / Self.minute, Int64(saturating: 600 / perMinute)) + 1
        end = warmUp + minutes * Self.minute
      }
      if next.instant >= end {
        run.held[next.reason, default: 0] += end - run.now
        let minutes = Double((end - from) / Self.minute)
        return Outcome(requestsPerMinute: Double(run.starts.count - measured) / minutes, binding: run.most)
      }
      run.held[next.reason, default: 0] += next.instant - run.now
      run.move(to: next.instant)
    }
    // If the work ran out or nothing ever fits, the later half of the run is measured.
    let half = from == 0 ? run.starts.count / 2 : measured
    guard run.starts.count > half + 1, let last = run.starts.last, last > run.starts[half] else {
      return Outcome(requestsPerMinute: 0, binding: run.most, isSettled: false)
    }
    let rate = Double(run.starts.count - 1 - half) * Double(Self.minute) / Double(last - run.starts[half])
    return Outcome(requestsPerMinute: rate, binding: run.most, isSettled: from != 0)
  }

  /// Ten windows, because patterns in a rolling window fade slowly, and eight times what a large reservation needs to make
  /// room for its successors: D/−ln(1 − F/R), about D·R/F.
  private var warmUp: Int64 {
    let fatness = tokens.map { $0.final > 0 ? max(1, $0.reserved / $0.final) : 1_000 } ?? 1
    let minutes = Int64(saturating: (8 * fatness * Double(latency) / Double(Self.minute)).rounded(.up))
    return (10 + min(minutes, 10_000)) * Self.minute
  }

  private var most: QuotaMeasure { held.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key ?? .tpm }

  private var inFlight: Int { starts.count - ended }

  /// Tokens in the rolling window: the reservation of a request in flight, the final cost of one that has ended.
  private var tokensInWindow: Double {
    guard let tokens else { return 0 }
    let open = starts.count - max(ended, expired)
    return Double(open) * tokens.reserved + Double(max(0, ended - expired)) * tokens.final
  }

  /// The limit that delays the next request; nil if none does.
  private var obstacle: QuotaMeasure? {
    if let workers, inFlight >= workers { return .concurrent }
    if let requests {
      let fits = window == .bucket ? requestLevel >= 1 : Double(starts.count - expired) + 1 <= requests
      if !fits { return .rpm }
    }
    if let tokens {
      let fits = window == .bucket ? tokenLevel >= tokens.reserved : tokensInWindow + tokens.reserved <= tokens.quota
      if !fits { return .tpm }
    }
    return nil
  }

  private mutating func admit() {
    while starts.count < Self.requestsMax, obstacle == nil {
      starts.append(now)
      requestLevel -= 1
      tokenLevel -= tokens?.reserved ?? 0
    }
  }

  /// The time of the next change; nil if nothing ever changes.
  private func nextInstant() -> (instant: Int64, reason: QuotaMeasure)? {
    guard let reason = obstacle else { return nil }
    var instants: [Int64] = []
    if ended < starts.count { instants.append(starts[ended] + latency) }
    switch window {
    case .rolling: if expired < starts.count { instants.append(starts[expired] + Self.minute) }
    case .bucket: if reason != .concurrent, let wait = refillWait { instants.append(now + wait) }
    }
    return instants.min().map { ($0, reason) }
  }

  /// Nanoseconds until both buckets have enough if nothing else happens; nil if that takes practically forever.
  private var refillWait: Int64? {
    var wait = 0.0
    if let requests, requestLevel < 1 { wait = max(wait, (1 - requestLevel) / requests) }
    if let tokens, tokenLevel < tokens.reserved { wait = max(wait, (tokens.reserved - tokenLevel) / tokens.quota) }
    return wait.isFinite && wait < 1e6 ? max(1, Int64(saturating: (wait * Double(Self.minute)).rounded(.up))) : nil
  }

  private mutating func move(to instant: Int64) {
    let minutes = Double(instant - now) / Double(Self.minute)
    now = instant
    if let requests { requestLevel = min(requests, requestLevel + requests * minutes) }
    if let tokens { tokenLevel = min(tokens.quota, tokenLevel + tokens.quota * minutes) }
    while ended < starts.count, starts[ended] + latency <= now {
      ended += 1
      if let tokens { tokenLevel = min(tokens.quota, tokenLevel + tokens.reserved - tokens.final) }
    }
    while window == .rolling, expired < starts.count, starts[expired] + Self.minute <= now { expired += 1 }
  }
}
