import AdmissionControl
import AdmissionSimulation
import FleetStore

/// Checks a simulated fleet after every event that matters:
/// - what the store has free is never more than what the service has free;
/// - a strict fleet is never throttled;
/// - no member waits for ever.
struct FleetWatch: Sendable {
  private let scenario: FleetScenario
  private(set) var violation: String?
  /// The lowest that the service's level was above the store's, in tokens.
  private(set) var levelMargin = Double.infinity
  /// Tokens by which the store's level may be above the service's, because its clock was put forward or a process is gone.
  private var slack = 0.0
  private var clockSeconds = 0.0
  /// Whether others than the fleet change the service's level, so that it can't be compared.
  private var isComparable: Bool
  /// Names of members that have not told a replica what it lost. Its level is too high until they have.
  private var lostTo: Set<String> = []
  /// What each process has told the store of its use without it, by the names that it has there.
  private var told: [String: Int64] = [:]

  init(_ scenario: FleetScenario) {
    self.scenario = scenario
    isComparable = scenario.semantics == .bucket60
  }

  mutating func fail(_ what: String) { if violation == nil { violation = what } }

  mutating func began(_ fault: FleetFault, _ processes: [SimulatedProcess]) {
    switch fault {
    case .clock(let seconds):
      slack += max(0, seconds - clockSeconds) * scenario.rate
      clockSeconds = seconds
    case .quota, .foreign: isComparable = false
    case .failover: lostTo = Set(processes.filter(\.isAlive).flatMap(\.member.namesWithRecords))
    default: break
    }
  }

  /// A process is gone for good. What it used without the store is never told.
  mutating func lost(_ process: SimulatedProcess) {
    slack += untold(process)
    if !lostTo.isDisjoint(with: process.member.namesInStore) { isComparable = false }
  }

  /// What a process used without the store and has not told it.
  private func untold(_ process: SimulatedProcess) -> Double {
    let used = process.member.usedWithoutStore
    guard used != 0 else { return 0 }
    return Double(max(0, used - process.member.namesInStore.reduce(0) { $0 + (told[$1] ?? 0) }))
  }

  mutating func throttled(at now: Int64) {
    guard scenario.isStrict, scenario.tail > 0 else { return }
    fail("\(Double(now) / 1e9) s: a strict fleet was throttled")
  }

  /// - Parameters:
  ///   - level: what the store has free, in tokens.
  ///   - server: what the service has free.
  mutating func compare(
    _ level: Int64, server: Double, fallback message: FleetEvent.Message, _ processes: [SimulatedProcess],
    at now: Int64
  ) {
    told[message.request.member] = message.request.fallback
    lostTo.remove(message.request.member)
    guard isComparable, lostTo.isEmpty else { return }
    // What members use without the store is taken from the service at once, and from the store when they are back.
    var untold = 0.0
    for process in processes where process.isAlive { untold += self.untold(process) }
    let margin = server + untold + slack - Double(level)
    levelMargin = min(levelMargin, margin)
    if margin < 0 {
      fail(
        """
        \(Double(now) / 1e9) s: the store has \(level) tokens, the service \(Int64(server)), of which members have used \
        \(Int64(untold)) without the store
        """)
    }
  }

  /// A process has done all that it wants to do now.
  mutating func saw(_ process: SimulatedProcess, at now: Int64) {
    guard let since = process.hungrySince else { return }
    let hunger = Double(now - since) / 1e9
    if let bound = scenario.starvationSeconds, hunger > bound {
      fail("\(Double(now) / 1e9) s: member \(process.place) has been waiting for \(hunger) s")
    }
  }
}
