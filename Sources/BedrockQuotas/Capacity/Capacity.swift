/// The throughput that a workload can reach under the quotas of an id, and the quota that binds.
///
/// ```swift
/// let workload = try Workload(inputTokens: 3_000, outputTokens: 500, maxTokens: 1_000, latency: 7)
/// let capacity = Capacity(of: workload, under: resolver.resolve(id))
/// print(capacity.requestsPerMinute, capacity.binding?.code)
/// ```
public struct Capacity: Sendable {
  /// The answer if the window rolls: a minute's quota is a sum over the last 60 s.
  public struct Rolling: Sendable, Equatable {
    /// The limit that binds if the window rolls.
    public var binding: CapacityLimit
    public var requestsPerMinute: Double
    /// Final costs per minute as a share of the quota of tokens per minute; above 1 if requests run into debt; nil without such a
    /// quota.
    public var share: Double?
  }

  public let workload: Workload
  /// The cost of one request.
  public let cost: RequestCost
  /// The burndown, in quota tokens per output token; nil if unknown.
  public let outputBurndown: Int?
  /// All limits; those per minute and of concurrency come first.
  public private(set) var limits: [CapacityLimit]
  /// The limit that binds; nil if a limit per minute is unknown, or there is none.
  public private(set) var binding: CapacityLimit?
  /// The rate that ``binding`` allows if the window is a bucket; nil if ``binding`` is nil.
  public private(set) var requestsPerMinute: Double?
  /// Requests per day at ``requestsPerMinute`` all day, or the number that the tokens per day allow if that is less; nil if
  /// unknown.
  public private(set) var requestsPerDay: Double?
  /// Hours until the tokens per day are used up; nil if they last the day.
  public private(set) var hoursUntilDayIsUsedUp: Double?
  /// The answer if the window rolls; nil if it can't be computed.
  public private(set) var rolling: Rolling?
  /// Whether the quotas are those of the model's 1M-context form, because the prompt exceeds the ordinary context window.
  public let usesLongContext: Bool
  public let resolution: Resolution

  /// - Parameters:
  ///   - outputBurndown: replaces the known burndown, 1 to 1,000.
  ///   - reservesBurndown: whether the reservation counts the burndown, which nobody outside AWS knows. ``CapacityRange`` has both.
  public init(
    of workload: Workload, under resolution: Resolution, outputBurndown: Int? = nil, reservesBurndown: Bool = false
  ) {
    self.workload = workload
    self.resolution = resolution
    let isMantle = resolution.scope == .mantle
    let burndown = isMantle ? 1 : outputBurndown ?? resolution.outputBurndown
    self.outputBurndown = burndown
    cost = RequestCost(
      workload, maxOutputTokens: resolution.maxOutputTokens, outputBurndown: burndown, reservesBurndown: reservesBurndown,
      reservesCacheReads: !isMantle)
    let long = resolution.variants.filter { $0.variant == .context1M }.map(\.quota)
    let isLong = (workload.promptTokens ?? 0) > (resolution.contextWindowMax ?? .max) && !long.isEmpty
    usesLongContext = isLong
    let quotas = (isLong ? long : []) + resolution.quotas.map(\.quota).filter { !isLong || $0.name.scope == .other }
    let order: [QuotaMeasure] = [.rpm, .tpm, .inputTPM, .outputTPM, .concurrent, .tpd]
    limits = order.flatMap { measure in
      quotas.filter { $0.name.measure == measure }.map { CapacityLimit($0, scope: resolution.scope) }
    }
    if let concurrency = workload.concurrency {
      limits.insert(CapacityLimit(concurrency: concurrency), at: limits.firstIndex { $0.measure == .tpd } ?? limits.count)
    }
    for index in limits.indices { limits[index].rate(workload, cost) }
    // First the days: a day that admits no request admits none in a minute.
    decideDays()
    decideMinute()
    decideRolling()
    decideDay()
  }

  /// Final costs per minute at ``requestsPerMinute``.
  public var tokensPerMinute: Double? {
    guard let requestsPerMinute, let final = cost.final else { return nil }
    return requestsPerMinute * Double(final)
  }

  /// The limit of tokens per minute that requests reserve, on bedrock-mantle that of input tokens; nil if there is none.
  public var tokenLimit: CapacityLimit? { limits.first { $0.measure.isReserved } }

  /// The number of reservations that fit into a full quota of tokens per minute; nil if unknown.
  public var requestsAtOnce: Int? { tokenLimit?.atOnce(cost) }

  // If one limit's value is unknown, the smallest of the others may be too high, so there is no answer. The exception is a
  // concurrency without a latency: only the caller knows the latency, and the advice asks for it.
  private func smallest(_ rate: (CapacityLimit) -> Double?) -> (limit: CapacityLimit, rate: Double)? {
    let minutes = limits.filter { $0.measure != .tpd || rate($0) == 0 }
    let isComplete = minutes.allSatisfy { rate($0) != nil || $0.measure == .concurrent || isFree($0) }
    let zero = minutes.first { rate($0) == 0 }
    guard isComplete || zero != nil else { return nil }
    return minutes.compactMap { limit in rate(limit).map { (limit, $0) } }.min { $0.1 < $1.1 }
  }

  /// Whether requests cost nothing in the end, so that the limit allows any rate.
  private func isFree(_ limit: CapacityLimit) -> Bool {
    guard (limit.quota ?? 0) >= 1 else { return false }
    return limit.measure.isReserved ? cost.final == 0 : limit.measure == .outputTPM && workload.outputTokens == 0
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

  /// The rate under all limits together, if it is lower than under each alone because workers wait for tokens and then for each
  /// other.
  /// `index` is the limit that binds, if the difference is above 3 %.
  private func joint(_ window: GreedyRun.Window, below rate: Double) -> (requestsPerMinute: Double, index: Int?)? {
    // A difference below 1 % may come from the rounding of scaled quotas.
    guard rate > 0, let outcome = JointRun(window, limits, workload, cost)?.outcome(), outcome.isSettled,
      outcome.requestsPerMinute < 0.99 * rate
    else { return nil }
    let isWide = outcome.requestsPerMinute < 0.97 * rate
    return (outcome.requestsPerMinute, isWide ? limits.firstIndex { binds($0, outcome.binding) } : nil)
  }

  /// A run knows one kind of tokens, those that requests reserve.
  private func binds(_ limit: CapacityLimit, _ measure: QuotaMeasure) -> Bool {
    measure == .tpm ? limit.measure.isReserved : limit.measure == measure
  }

  /// Sets what each limit of tokens per day allows by itself.
  private mutating func decideDays() {
    for index in limits.indices where limits[index].measure == .tpd {
      guard let quota = limits[index].quota else { continue }
      if quota < 1 {
        limits[index].requestsPerDay = 0
      } else if limits[index].code != accountWideCode, let final = cost.final, final > 0 {
        // AWS accounts the account-wide quota by price, which can't be computed from tokens.
        let fits = cost.reservation.map { Double($0) <= quota } ?? true
        limits[index].requestsPerDay = fits ? quota / Double(final) : 0
        if !fits { (limits[index].requestsPerMinute, limits[index].rollingRequestsPerMinute) = (0, 0) }
      }
    }
  }

  private mutating func decideDay() {
    requestsPerDay = requestsPerMinute.map { $0 * 1_440 }.flatMap { $0.isFinite ? $0 : nil }
    guard let perDay = limits.compactMap(\.requestsPerDay).min(), requestsPerDay.map({ perDay < $0 }) ?? true else { return }
    requestsPerDay = perDay
    if let requestsPerMinute, requestsPerMinute > 0 { hoursUntilDayIsUsedUp = perDay / requestsPerMinute / 60 }
  }

  private var accountWideCode: String? { resolution.accountWideQuota?.code }
}
