import AdmissionControl

/// Watches a limiter from outside, and checks the invariants of its design after every event.
struct Audit: Sendable {
  /// A request that waits or is in flight.
  struct Entry: Sendable {
    var reserved: Amounts
    var predicted: Amounts
    var deadline: Int64?
    var isRetry: Bool
    /// The index of its class in `classes`.
    var place: Int
    /// Its number among all requests that ever waited.
    var number: UInt64 = 0
    var isWaiting = false
    var tickets = SIMD8<Int64>()
  }

  /// The waiters of one priority and tenant, with lazy deletion: those that have gone are dropped at the front.
  struct Class: Sendable {
    var again = Row()
    var order = Row()
  }

  struct Row: Sendable {
    private var members: [(id: CallID, number: UInt64)] = []
    private var gone = 0

    var first: (id: CallID, number: UInt64)? { gone < members.count ? members[gone] : nil }
    mutating func append(_ member: (id: CallID, number: UInt64)) { members.append(member) }
    mutating func removeFirst() {
      gone += 1
      guard gone > 1_024 else { return }
      members.removeFirst(gone)
      gone = 0
    }
  }

  let configuration: LimiterConfiguration
  let isForetold: Bool
  var accounts: [Account]
  var entries: [Entry?] = []
  var classes: [Class]
  let tenants: Int
  var now: Int64
  var waiting = 0
  var inFlight = 0
  var lastNumber: UInt64 = 0
  var isDraining = false
  /// A lower bound of the deadlines of all waiters.
  var deadlineMin = Int64.max
  /// The tokens that all waiters reserve, and are predicted to cost, by account.
  var ahead: [(reserved: Int64, predicted: Int64)]
  var head: Head?
  var random: Random
  var lastThrottle = Int64.min / 2
  private(set) var violation: String?

  /// The request whose turn it is, and what it needed when its turn came.
  struct Head: Sendable {
    var id: CallID
    var number: UInt64
    var since: Int64
    /// By account.
    var needs: [Need]
  }

  /// Tokens that were missing, less the surprises until then, and the lowest rate since, in units a period.
  struct Need: Sendable {
    var ledger: Double
    var pace: Double
    var rateMin: Int64
  }

  init(_ configuration: LimiterConfiguration, isForetold: Bool, tiers: Int, tenants: Int, seed: UInt64, at now: Int64) {
    self.configuration = configuration
    self.isForetold = isForetold
    self.tenants = tenants
    self.now = now
    random = Random(seed: seed)
    accounts = configuration.limits.map { Account($0, configuration) }
    ahead = accounts.map { _ in (0, 0) }
    classes = Array(repeating: Class(), count: tiers * tenants)
  }

  mutating func fail(_ message: String) {
    if violation == nil { violation = "\(message) at \(Double(now / 1_000_000) / 1e3) s of its clock" }
  }

  /// Time goes on; a time that goes back is ignored.
  mutating func move(to time: Int64) {
    guard time > now else { return }
    for index in accounts.indices { accounts[index].refill(for: time - now, to: time) }
    now = time
  }

  /// The client missed its timer: what the head waited for may have come and gone.
  mutating func isLate() { head = nil }

  /// Whether a learnt scale may change by itself.
  var hasScale: Bool { accounts.contains { $0.scale < configuration.scaleMax } }

  /// - Parameters: what a policy knows of a request that comes to it.
  func entry(_ ask: Ask) -> Entry {
    Entry(
      reserved: ask.cost.reserved, predicted: ask.cost.predicted ?? ask.cost.known, deadline: ask.deadline, isRetry: ask.isRetry,
      place: ask.priority * tenants + Int(ask.tenant))
  }

  mutating func keep(_ id: CallID, _ entry: Entry?) {
    while entries.count <= id { entries.append(nil) }
    entries[id] = entry
  }

  /// The limiter's snapshot must agree with our accounts.
  /// - Parameter mayLower: a refusal for a quota came just now, which may teach.
  mutating func compare(_ snapshot: Snapshot, mayLower: Bool = false) {
    if snapshot.waiting != waiting { fail("I2: \(snapshot.waiting) wait by its count, \(waiting) by ours") }
    if snapshot.counts.inFlight != inFlight {
      fail("I2: \(snapshot.counts.inFlight) out by its count, \(inFlight) by ours")
    }
    for index in accounts.indices where index < snapshot.meters.count {
      let meter = snapshot.meters[index]
      if meter.inFlight != accounts[index].inFlight {
        fail("I2: \(meter.inFlight) of \(meter.measure) under way, not \(accounts[index].inFlight)")
      }
      guard meter.measure != .concurrency else { continue }
      if meter.scale < accounts[index].scale, !mayLower { fail("learning: the scale fell to \(meter.scale) without a refusal") }
      if meter.scale > configuration.scaleMax { fail("learning: the scale rose to \(meter.scale)") }
      accounts[index].set(scale: meter.scale)
      if mayLower { accounts[index].followDown(toTokens: meter.available) }
      let (least, most) = (accounts[index].certainTokens, accounts[index].levelTokens)
      if meter.available > most + 1 { fail("I2: \(meter.measure) shows \(meter.available), and \(most) are left") }
      // Which window `auto` assumes is up to it. A scaled rate and a scaled capacity are each rounded down to a whole token.
      if configuration.profile != .auto, meter.available < least - 2 {
        fail("I2: \(meter.measure) shows \(meter.available), though \(least) are left")
      }
    }
  }
}
