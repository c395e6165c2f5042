import AdmissionControl

/// Clients, a network and a server in virtual time. The scenario and its seed decide everything.
package struct Simulation<P: Policy> {
  struct Client {
    var policy: P
    /// The difference of its clock to the time.
    var clockOffset: Int64 = 0
    var pausedUntil: Int64 = 0
    var wake: Int64?
    var waiting = 0
  }

  let scenario: Scenario
  var clients: [Client]
  var server: ServerModel
  var events = EventQueue()
  var calls: [Call] = []
  var freePlaces: [Int] = []
  var now: Int64 = 0
  var weather = Weather()
  /// Two generators: one for the requests, so that all policies meet the same ones, and one for everything else.
  var fates: Random
  var luck: Random
  /// Computed once.
  let meanOutput: Double
  let meanFinal: Double
  package private(set) var tally: Tally
  package private(set) var violation: String?
  package internal(set) var arrived = 0
  private var suppliedBefore: [Double] = []

  package init(_ scenario: Scenario, policy: (_ client: Int) -> P) {
    self.scenario = scenario
    var seeds = Random(seed: scenario.seed)
    server = ServerModel(scenario.semantics, limits: scenario.limits, seed: seeds.next())
    fates = seeds.split()
    luck = seeds.split()
    clients = (0..<scenario.clients).map { Client(policy: policy($0)) }
    meanOutput = scenario.workload.outputMean
    meanFinal = scenario.workload.finalMean
    tally = Tally(clients: scenario.clients, tenants: Int(scenario.workload.tenants.map(\.number).max() ?? 0) + 1)
  }

  /// - Returns: what came of it; ``violation`` says whether a rule was broken.
  @discardableResult
  package mutating func run() -> Tally {
    planFaults()
    planArrivals()
    plan(.close, at: scenario.end)
    if scenario.sampleNanoseconds != nil { plan(.sample, at: 0) }
    var isMeasuring = false
    while let event = events.pop() {
      now = event.time
      if !isMeasuring, now >= scenario.measured.lowerBound {
        isMeasuring = true
        suppliedBefore = server.measures.map { server.supplied($0, by: scenario.measured.lowerBound) }
      }
      if event.kind == .close {
        let measures = server.measures
        tally.supplied = measures.enumerated().map { ($1, server.supplied($1, by: now) - suppliedBefore[$0]) }
        if !scenario.isServedOut { break }
      }
      handle(event)
      if violation != nil { break }
    }
    if violation == nil { checkEnd() }
    return tally
  }

  var isMeasured: Bool { scenario.measured.contains(now) }

  mutating func plan(_ kind: Event.Kind, at time: Int64, _ index: Int = 0) {
    events.push(Event(time: max(time, now), kind: kind, index: Int32(index)))
  }

  /// Plans an event of the current attempt of a call.
  mutating func plan(_ kind: Event.Kind, of id: CallID, at time: Int64) {
    events.push(
      Event(
        time: max(time, now), kind: kind, attempt: UInt8(truncatingIfNeeded: calls[id].ask.attempts), index: Int32(id),
        generation: calls[id].generation))
  }

  private mutating func handle(_ event: Event) {
    let index = Int(event.index)
    switch event.kind {
    case .arrival: at(client(ofSource: index), event) { $0.arrive(source: index) }
    case .wake:
      // Another timer was set since.
      guard clients[index].wake == event.time else { return }
      at(index, event) { $0.clients[index].wake = nil }
    case .clockBack: at(index, event) { _ in }
    case .reply, .again, .progress, .cancel:
      guard isCurrent(event) else { return }
      at(calls[index].client, event) { $0.handleCall(event.kind, index) }
    case .reach: if calls[index].generation == event.generation { reach(index) }
    case .finish: if isCurrent(event) { finish(index) }
    case .hangUp: if isCurrent(event) { breakOff(index) }
    case .foreign: sendForeign()
    case .faultBegins: begin(scenario.faults[index], index)
    case .faultEnds: end(scenario.faults[index])
    case .sample: sample()
    case .close: close()
    }
  }

  /// Whether an event belongs to the current call and attempt. A caller may give up during any attempt.
  private func isCurrent(_ event: Event) -> Bool {
    let call = calls[Int(event.index)]
    guard call.generation == event.generation else { return false }
    return event.kind == .cancel || event.attempt == UInt8(truncatingIfNeeded: call.ask.attempts)
  }

  /// Runs an event at a client, or delays it until the client's pause is over.
  private mutating func at(_ client: Int, _ event: Event, _ body: (inout Simulation) -> Void) {
    guard clients[client].pausedUntil <= now else {
      var later = event
      later.time = clients[client].pausedUntil
      if event.kind == .wake { clients[client].wake = later.time }
      return events.push(later)
    }
    body(&self)
    settleDown(client)
  }

  /// Asks the policy for all its decisions at this time, and sets its timer.
  mutating func settleDown(_ client: Int) {
    let clock = clock(of: client)
    while let step = clients[client].policy.next(at: clock) {
      switch step {
      case .send(let id):
        clients[client].waiting -= 1
        send(id)
      case .drop(let id):
        clients[client].waiting -= 1
        over(id, isDropped: true)
      }
    }
    if let broken = clients[client].policy.violation { violation = broken }
    if clients[client].waiting == 0, isMeasured { tally.idleMoments += 1 }
    guard let wake = clients[client].policy.wakeAt else { return }
    var time = max(wake - clients[client].clockOffset, now + 1)
    if weather.lateTimers > 0 { time += Int64(luck.within(0...weather.lateTimers) * 1e9) }
    if let planned = clients[client].wake, planned <= time { return }
    clients[client].wake = time
    plan(.wake, at: time, client)
  }

  func clock(of client: Int) -> Int64 { now + clients[client].clockOffset }

  mutating func fail(_ message: String) { if violation == nil { violation = message } }

  mutating func count(_ body: (inout Tally) -> Void) { if isMeasured { body(&tally) } }

  mutating func keep(_ sample: Tally.Sample) { tally.samples.append(sample) }
}
