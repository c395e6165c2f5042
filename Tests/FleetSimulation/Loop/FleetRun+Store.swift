import AdmissionControl
import AdmissionSimulation
import FleetStore

/// The store, and the way to it.
extension FleetRun {
  mutating func send(_ request: SyncRequest, _ timeout: Int64, from place: Int) {
    tally.syncsBySecond[Int(now / Self.second)] += 1
    let message = FleetEvent.Message(
      place: place, generation: processes[place].generation, request: request, timeoutAt: now + timeout)
    plan(.storeTimeout(message), at: message.timeoutAt)
    switch scenario.store {
    case .scripted: plan(.reachStore(message), in: halfway())
    case .dynamoDB: begin(message)
    }
  }

  mutating func halfway() -> Double { scenario.storeSeconds / 2 * (1 + random.exponential(mean: 1)) }

  mutating func reachStore(_ message: FleetEvent.Message) {
    guard store.isUp, !cut.contains(message.place) else { return }
    // A request that is under way arrives even if its process has ended meanwhile.
    guard let reply = try? store.sync(message.request, at: now) else { return watch.fail("the store refused a sync") }
    if case .answer(let answer) = reply {
      watch.compare(answer.levels[0], server: server.room(.tokensPerMinute, at: now), fallback: message, processes, at: now)
    }
    guard !deaf.contains(message.place) else { return }
    plan(.storeReply(message, reply), in: halfway())
  }

  mutating func storeReply(_ message: FleetEvent.Message, _ reply: SyncReply, _ event: FleetEvent) {
    let place = message.place
    guard isCurrent(place, message.generation) else { return }
    if now < processes[place].stoppedUntil { return plan(event.kind, at: processes[place].stoppedUntil) }
    processes[place].answered(reply, to: message.request.sequence, at: now)
    drive(place)
  }

  mutating func storeTimeout(_ message: FleetEvent.Message, _ event: FleetEvent) {
    let place = message.place
    guard isCurrent(place, message.generation) else { return }
    if now < processes[place].stoppedUntil { return plan(event.kind, at: processes[place].stoppedUntil) }
    // An answer that came before has ended the exchange; then this changes nothing.
    processes[place].lost(message.request.sequence)
    processes[place].failed(message.request.sequence, at: now)
    drive(place)
  }
}
