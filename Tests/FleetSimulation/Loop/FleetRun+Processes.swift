import AdmissionControl
import AdmissionSimulation
import FleetStore

/// What happens inside the processes.
extension FleetRun {
  mutating func start(_ place: Int) {
    refill(place)
    drive(place)
  }

  mutating func arrive(_ place: Int) {
    guard isOpen else { return }
    plan(.arrival(place: place), in: random.exponential(mean: 1 / scenario.arrivalRate(place)))
    var count = 1
    if case .bursts = scenario.demand { count += Int(random.exponential(mean: 19)) }
    guard processes[place].isAlive else { return }
    for _ in 0..<count {
      let request = FleetRequest(scale: scenario.requestScale, arrivedAt: now, &random)
      if isMeasured { offered[place] += Double(request.final) }
      make(request, at: place)
    }
    driveUnlessStopped(place)
  }

  /// Keeps the queue of an endless member filled.
  private mutating func refill(_ place: Int) {
    guard scenario.isEndless(place), isOpen, processes[place].isAlive else { return }
    while processes[place].waiting.count < scenario.backlog, watch.violation == nil {
      var request = FleetRequest(scale: scenario.requestScale, &random)
      request.tier = scenario.endlessTier
      make(request, at: place)
    }
  }

  /// The endless supplies end. What is granted for them goes back.
  mutating func close() {
    for place in processes.indices where scenario.isEndless(place) {
      for id in processes[place].waiting.keys { _ = processes[place].limiter.state.cancel(id, at: now) }
      processes[place].waiting = [:]
      processes[place].hungrySince = nil
    }
  }

  private mutating func make(_ request: FleetRequest, at place: Int) {
    requests.append(request)
    if scenario.mixesTiers { requests[requests.count - 1].tier = requests.count % 3 }
    owners.append((place, processes[place].generation))
    enter(requests.count - 1, at: place, isRetry: false)
  }

  mutating func enter(_ index: Int, at place: Int, isRetry: Bool) {
    processes[place].limiter.now = now
    let request = Request(cost: requests[index].cost, priority: requests[index].tier, isRetry: isRetry)
    switch processes[place].limiter.state.arrive(request, at: now) {
    case .admitted(let lease): send(index, lease, from: place)
    case .waiting(let id, _):
      processes[place].waiting[id] = index
      if processes[place].hungrySince == nil { processes[place].hungrySince = now }
    case .refused(let refusal): watch.fail("\(Double(now) / 1e9) s: member \(place) refused a request: \(refusal)")
    }
  }

  func isCurrent(_ place: Int, _ generation: Int) -> Bool {
    processes[place].generation == generation && processes[place].isAlive
  }

  mutating func wake(_ place: Int, _ generation: Int, _ at: Int64) {
    guard isCurrent(place, generation), processes[place].timerAt == at else { return }
    processes[place].timerAt = nil
    driveUnlessStopped(place)
  }

  /// A stopped process wakes when it goes on.
  mutating func driveUnlessStopped(_ place: Int) {
    guard processes[place].isAlive else { return }
    if now < processes[place].stoppedUntil { setTimer(place, processes[place].stoppedUntil) } else { drive(place) }
  }

  /// Lets limiter and member do all that they want to do now, as the owner of a real member does.
  mutating func drive(_ place: Int) {
    processes[place].limiter.now = now
    while processes[place].isAlive {
      pump(place)
      let action = processes[place].next(at: now)
      switch action {
      case .grant(let grants):
        for grant in grants { processes[place].limiter.state.grant(grant.chunk, of: grant.measure, at: now) }
      case .giveBack: processes[place].limiter.state.giveBack(at: now)
      case .sync(let request, let timeout): send(request, timeout, from: place)
      case .wait(let until):
        watch.saw(processes[place], at: now)
        if let wakeAt = [until, processes[place].limiter.state.wakeAt].compactMap({ $0 }).min() { setTimer(place, wakeAt) }
        return
      case .end:
        processes[place].isAlive = false
        watch.lost(processes[place])
      }
    }
  }

  private mutating func setTimer(_ place: Int, _ at: Int64) {
    let at = max(at, now + 1)
    if let timer = processes[place].timerAt, timer <= at { return }
    processes[place].timerAt = at
    plan(.wake(place: place, generation: processes[place].generation), at: at)
  }

  /// Sends the requests that the limiter admits.
  mutating func pump(_ place: Int) {
    while let action = processes[place].limiter.state.next(at: now) {
      switch action {
      case .admit(let id, let lease):
        guard let index = processes[place].waiting.removeValue(forKey: id) else { continue }
        send(index, lease, from: place)
      case .refuse(let id, _): processes[place].waiting[id] = nil
      }
    }
    refill(place)
  }

  private mutating func send(_ index: Int, _ lease: Lease, from place: Int) {
    processes[place].limiter.admitted(lease, request: index)
    processes[place].hungrySince = processes[place].waiting.isEmpty ? nil : now
    let request = requests[index]
    if let arrivedAt = request.arrivedAt, !request.wasThrottled, isMeasured {
      let isWatched = if case .urgent(let urgent) = scenario.demand { place < urgent } else { true }
      if isWatched { tally.waits.append(Double(now - arrivedAt) / 1e9) }
    }
    plan(.reachServer(index), in: random.exponential(mean: Self.serviceSeconds))
  }
}
