import AdmissionControl

/// What the flows of a member share, and which of them sends a sync.
extension FleetMember {
  /// The flows whose tiers have requests that wait.
  func waitingFlows(_ limiter: borrowing some FleetLimiter, _ demand: (waiting: Int, inFlight: Int)) -> TierSet {
    guard demand.waiting > 0 else { return TierSet() }
    return flows.count == 1 ? TierSet(0) : limiter.waitingTiers
  }

  /// Whether the store has a record of this process, as far as it knows.
  var hasJoined: Bool { flows.contains { $0.hasJoined } }

  private func hasJoined(besides flow: Int) -> Bool { flows.indices.contains { $0 != flow && flows[$0].hasJoined } }

  /// What the store has booked for all flows of one meter.
  private func acknowledged(_ meter: Int) -> FleetAmount {
    var sum = FleetAmount.zero
    for flow in flows.indices { sum = sum + flows[flow].acknowledged[meter] }
    return sum
  }

  /// Whether so much has come back that it must be told soon. A full service loses what comes back to it, and the store, which hears of
  /// it later, would have it: its capacity is a twentieth below the service's.
  var hasMuchToGiveBack: Bool {
    limits.indices.contains { meter in
      limits[meter].kind == .minute
        && acknowledged(meter).reserved - books.owed(of: meter).reserved > limits[meter].capacity / 64
    }
  }

  /// What all flows have told of the use without the store.
  private var reportedFallback: Int64 {
    var sum: Int64 = 0
    for flow in flows.indices { sum &+= flows[flow].reportedFallback }
    return sum
  }

  /// Whether the store would book something else for this process than it has, or may have.
  package var isChanged: Bool {
    for flow in flows.indices where flows[flow].isUnsure { return true }
    for meter in limits.indices where books.owed(of: meter) != acknowledged(meter) { return true }
    return books.fallback != reportedFallback
  }

  /// What a flow says that it owes, and that it used without the store.
  struct Told {
    var owed: [FleetAmount]
    var fallback: Int64
    /// Whether that is all that the other flows have not told.
    var isAll: Bool
  }

  /// A flow tells all that the others have not. Three only repeat what the store has acknowledged:
  /// - one that the store may not know, since it takes the first sum of a member for spent already;
  /// - one that leaves while others stay: if its answer is lost, nobody could say whether it has told the rest;
  /// - one while it isn't known what another has told, or the same would come back twice.
  func told(by flow: Int, isLeaving: Bool) -> Told {
    let others = hasJoined(besides: flow)
    let (acknowledged, reported) = (flows[flow].acknowledged, flows[flow].reportedFallback)
    let fallback = books.fallback &- reportedFallback &+ reported
    // What a strict process announces has to arrive even if no answer ever does.
    guard flows[flow].hasJoined else {
      return Told(
        owed: places(acknowledged, isLeaving), fallback: configuration.isStrict && !others ? fallback : reported, isAll: false)
    }
    let isInDoubt = flows.indices.contains { $0 != flow && flows[$0].isUnsure }
    if isInDoubt || (isLeaving && others) {
      return Told(
        owed: places(acknowledged, isLeaving),
        fallback: configuration.isStrict && !isLeaving ? max(fallback, reported) : reported, isAll: false)
    }
    let owed = limits.indices.map { books.owed(of: $0) - self.acknowledged($0) + acknowledged[$0] }
    return Told(owed: places(owed, isLeaving), fallback: fallback, isAll: true)
  }

  /// What a flow may say of requests in flight: these are never fewer than none, and whoever leaves holds none, since its record ends
  /// and nobody would give them back.
  private func places(_ owed: [FleetAmount], _ isLeaving: Bool) -> [FleetAmount] {
    var owed = owed
    for meter in limits.indices where limits[meter].kind == .concurrency {
      owed[meter] = isLeaving ? .zero : FleetAmount(reserved: max(owed[meter].reserved, 0), predicted: 0)
    }
    return owed
  }

  /// Whether the store has requests in flight in a flow's record. They may be another's by now, but the store counts them there.
  func holdsPlaces(_ flow: Int) -> Bool {
    limits.indices.contains { limits[$0].kind == .concurrency && flows[flow].acknowledged[$0].reserved > 0 }
  }

  /// A flow that has to take back requests in flight, since all flows together have told of more than there are. No other can do it
  /// for it. One that doesn't wait is the first, so that it holds none when it wants to leave.
  private func flowWithTooManyPlaces(_ waiting: TierSet) -> Int? {
    for meter in limits.indices where limits[meter].kind == .concurrency {
      guard acknowledged(meter).reserved > books.owed(of: meter).reserved else { continue }
      let holders = flows.indices.filter { flows[$0].hasJoined && flows[$0].acknowledged[meter].reserved > 0 }
      return holders.first { !waiting.contains($0) } ?? holders.first
    }
    return nil
  }

  /// The flow that tells what any could tell. One that waits repeats its bundles, or it would lose its place.
  func settlingFlow(_ waiting: TierSet) -> Int {
    if flows.count == 1 { return 0 }
    if let unsure = flows.firstIndex(where: \.isUnsure) { return unsure }
    if let holder = flowWithTooManyPlaces(waiting) { return holder }
    var next: Int?
    for flow in flows.indices where waiting.contains(flow) && flows[flow].hasJoined {
      if next.map({ flows[flow].askAt < flows[$0].askAt }) ?? true { next = flow }
    }
    if let next { return next }
    if flows[lastFlow].hasJoined { return lastFlow }
    return flows.firstIndex { $0.hasJoined } ?? waiting.first ?? lastFlow
  }

  /// The flow that leaves next when all do. The one whose share the store keeps is the last.
  var leavingFlow: Int {
    // While nobody knows what it has told, the last couldn't tell the rest.
    if let unsure = flows.firstIndex(where: { $0.isUnsure && !$0.hasJoined }) { return unsure }
    return flows.indices.first { flows[$0].hasJoined && $0 != sharingFlow } ?? flows.firstIndex { $0.hasJoined } ?? 0
  }

  /// Whether a flow that has nothing to do may leave before the others. In a strict fleet the store keeps the share of a silent
  /// member, so the flow that has it stays.
  func mayLeave(_ flow: Int) -> Bool {
    flows[flow].hasJoined && hasJoined(besides: flow) && !(configuration.isStrict && flow == sharingFlow)
  }

  /// The flow of a request.
  func flow(of request: UncoveredRequest) -> Int { min(request.tier, flows.count - 1) }

  /// The next requests of a flow that its chunks don't cover.
  func uncovered(_ limiter: borrowing some FleetLimiter, of flow: Int) -> [UncoveredRequest] {
    var requests = limiter.uncovered(FleetBundles.requestsMax)
    if flows.count > 1 { requests.removeAll { self.flow(of: $0) != flow } }
    return requests
  }

  /// The flows that have requests which the chunks don't cover.
  func uncoveredFlows(_ limiter: borrowing some FleetLimiter) -> TierSet {
    if flows.count == 1 { return limiter.uncovered(1).isEmpty ? TierSet() : TierSet(0) }
    var found = TierSet()
    for request in limiter.uncovered(FleetBundles.requestsMax) { found.insert(flow(of: request)) }
    return found
  }
}
