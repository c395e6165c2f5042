/// What a workload can reach under the quotas that bind an id, and which of them holds it back.
///
/// ```swift
/// let workload = try Workload(inputTokens: 3_000, outputTokens: 500, maxTokens: 1_000, latency: 7)
/// let capacity = Capacity(of: workload, under: resolver.resolve(id))
/// print(capacity.requestsPerMinute, capacity.binding?.code)
/// ```
public struct Capacity: Sendable {
  /// The answer if a minute's quota is a sum over the last 60 s, where it can be said.
  public struct Rolling: Sendable, Equatable {
    public var binding: CapacityLimit
    public var requestsPerMinute: Double
    /// Of the tokens per minute: what replies come to, from 0 to 1, above that where they go into debt; nil without such a quota.
    public var share: Double?
  }

  public let workload: Workload
  public let cost: RequestCost
  /// Quota tokens for an output token; nil where not known.
  public let outputBurndown: Int?
  /// Every limit that was found, those of a minute first.
  public private(set) var limits: [CapacityLimit]
  /// The smallest limit of those per minute; nil where one of them is not known, or there is none.
  public private(set) var binding: CapacityLimit?
  public private(set) var requestsPerMinute: Double?
  /// Never more than the day's quota of tokens allows.
  public private(set) var requestsPerDay: Double?
  /// From the start with a full day's quota until it is used up; nil where it lasts the day.
  public private(set) var hoursUntilDayIsUsedUp: Double?
  public private(set) var rolling: Rolling?
  /// Whether the quotas are those of the model's 1M-context form, because the prompt is longer than the ordinary window.
  public let usesLongContext: Bool
  public let resolution: Resolution

  /// - Parameter outputBurndown: takes the place of the known rate, 1 to 1,000.
  public init(of workload: Workload, under resolution: Resolution, outputBurndown: Int? = nil) {
    self.workload = workload
    self.resolution = resolution
    let burndown = outputBurndown ?? resolution.outputBurndown
    self.outputBurndown = burndown
    cost = RequestCost(workload, maxOutputTokens: resolution.maxOutputTokens, outputBurndown: burndown)
    let long = resolution.variants.filter { $0.variant == .context1M }.map(\.quota)
    let isLong = (workload.promptTokens ?? 0) > (resolution.contextWindow ?? .max) && !long.isEmpty
    usesLongContext = isLong
    let quotas = (isLong ? long : []) + resolution.quotas.map(\.quota).filter { !isLong || $0.name.scope == .other }
    let order: [QuotaMeasure] = [.rpm, .tpm, .concurrent, .tpd]
    limits = order.flatMap { measure in
      quotas.filter { $0.name.measure == measure }.map { CapacityLimit($0, scope: resolution.scope) }
    }
    if let concurrency = workload.concurrency {
      limits.insert(CapacityLimit(concurrency: concurrency), at: limits.firstIndex { $0.measure == .tpd } ?? limits.count)
    }
    for index in limits.indices { limits[index].rate(workload, cost) }
    decideMinute()
    decideRolling()
    decideDay()
  }

  /// Final tokens per minute at the rate that is reached.
  public var tokensPerMinute: Double? {
    guard let requestsPerMinute, let final = cost.final else { return nil }
    return requestsPerMinute * Double(final)
  }

  /// The limit of tokens per minute; nil without one.
  public var tokenLimit: CapacityLimit? { limits.first { $0.measure == .tpm } }

  /// Requests that fit into the tokens per minute at once, from a full bucket.
  public var requestsAtOnce: Int? { tokenLimit?.atOnce(cost) }

  // A limit without a value would make the smallest of the others an answer to another question. Concurrency without a
  // latency is left out all the same, and the advice says so: it is the user's own to give.
  private func smallest(_ rate: (CapacityLimit) -> Double?) -> (limit: CapacityLimit, rate: Double)? {
    let minutes = limits.filter { $0.measure == .rpm || $0.measure == .tpm || $0.measure == .concurrent }
    let isComplete = minutes.allSatisfy { rate($0) != nil || $0.measure == .concurrent || isFree($0) }
    let zero = minutes.first { rate($0) == 0 }
    guard isComplete || zero != nil else { return nil }
    return minutes.compactMap { limit in rate(limit).map { (limit, $0) } }.min { $0.1 < $1.1 }
  }

  /// Whether requests take nothing from it in the end, so that there is no end to their rate.
  private func isFree(_ limit: CapacityLimit) -> Bool {
    limit.measure == .tpm && (limit.quota ?? 0) >= 1 && cost.final == 0
  }

  private mutating func decideMinute() {
    guard let (limit, rate) = smallest(\.requestsPerMinute) else { return }
    (binding, requestsPerMinute) = (limit, rate)
    guard let joint = joint(.bucket, below: rate) else { return }
    requestsPerMinute = joint.requestsPerMinute
    if let index = joint.index {
      limits[index].requestsPerMinute = joint.requestsPerMinute
      binding = limits[index]
    }
  }

  private mutating func decideRolling() {
    guard let (limit, rate) = smallest(\.rollingRequestsPerMinute) else { return }
    var rolling = Rolling(binding: limit, requestsPerMinute: rate)
    if let joint = joint(.rolling, below: rate) {
      rolling.requestsPerMinute = joint.requestsPerMinute
      if let index = joint.index {
        limits[index].rollingRequestsPerMinute = joint.requestsPerMinute
        rolling.binding = limits[index]
      }
    }
    if let final = cost.final, let quota = tokenLimit?.quota, quota >= 1 {
      rolling.share = rolling.requestsPerMinute * Double(final) / quota
    }
    self.rolling = rolling
  }

  /// What all limits leave together, where that is less than what each leaves alone: workers that wait for tokens, say, and
  /// then for each other. `index` is the limit that holds them back, where the difference is worth a word.
  private func joint(_ window: GreedyRun.Window, below rate: Double) -> (requestsPerMinute: Double, index: Int?)? {
    // What is closer than 1 % is the rounding of scaled quotas.
    guard rate > 0, let outcome = JointRun(window, limits, workload, cost)?.outcome(), outcome.isSettled,
      outcome.requestsPerMinute < 0.99 * rate
    else { return nil }
    let isWide = outcome.requestsPerMinute < 0.97 * rate
    return (outcome.requestsPerMinute, isWide ? limits.firstIndex { $0.measure == outcome.binding } : nil)
  }

  private mutating func decideDay() {
    requestsPerDay = requestsPerMinute.map { $0 * 1_440 }
    guard let final = cost.final, final > 0 else { return }
    // The account's own sum (scope other) is counted by price, which tokens don't tell.
    for index in limits.indices where limits[index].measure == .tpd {
      guard let quota = limits[index].effectiveQuota, limits[index].code != accountWideCode else { continue }
      let perDay = cost.reservation.map { Double($0) > quota } == true ? 0 : quota / Double(final)
      limits[index].requestsPerDay = perDay
      guard requestsPerDay.map({ perDay < $0 }) ?? true else { continue }
      requestsPerDay = perDay
      if let requestsPerMinute, requestsPerMinute > 0 { hoursUntilDayIsUsedUp = perDay / requestsPerMinute / 60 }
    }
  }

  private var accountWideCode: String? { resolution.accountWideQuota?.code }
}
