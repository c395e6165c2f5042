import AdmissionControl
import AdmissionSimulation
import FleetStore

/// A table instead of a store that computes: each process computes, and its steps are on their way one after the other.
extension FleetRun {
  mutating func setClock(_ place: Int) {
    guard scenario.clockSeconds > 0 else { return }
    processes[place].clockOffset = Int64(scenario.clockSeconds * 1_000 * (2 * random.unit() - 1))
  }

  mutating func begin(_ message: FleetEvent.Message) {
    do throws(FleetStoreError) {
      go(message, try processes[message.place].begin(message.request, at: store.milliseconds(at: now)), isOwn: true)
    } catch {
      watch.fail("a ledger refused a sync: \(error)")
    }
  }

  /// - Parameter isOwn: whether the table has no part in it. Such answers take as long as others.
  private mutating func go(_ message: FleetEvent.Message, _ step: DynamoLedger.Step, isOwn: Bool = false) {
    switch step {
    case .read: plan(.reachTable(message, nil), in: halfway())
    case .write(let update): plan(.reachTable(message, update), in: halfway())
    case .answer(let reply) where isOwn: plan(.storeReply(message, reply), in: halfway() + halfway())
    case .answer(let reply): plan(.storeReply(message, reply), at: now)
    }
  }

  mutating func reachTable(_ message: FleetEvent.Message, _ update: DynamoUpdate?) {
    guard store.isUp, !cut.contains(message.place) else { return }
    let outcome: DynamoOutcome
    if let update {
      tally.writes += 1
      do throws(FleetStoreError) {
        outcome = try update.apply(to: item)
      } catch {
        return watch.fail("the table refused a write: \(error)")
      }
      if case .written(let new) = outcome { item = new }
      compare(message)
    } else {
      tally.reads += 1
      outcome = .refused(item)
    }
    guard !deaf.contains(message.place) else { return }
    plan(.tableReply(message, outcome, isRead: update == nil), in: halfway())
  }

  private mutating func compare(_ message: FleetEvent.Message) {
    // With clocks that differ, each member sees another level.
    guard scenario.clockSeconds == 0,
      let level = item.flatMap({ try? DynamoItem($0) })?.levels(at: store.milliseconds(at: now)).first
    else { return }
    watch.compare(level, server: server.room(.tokensPerMinute, at: now), fallback: message, processes, at: now)
  }

  mutating func tableReply(_ message: FleetEvent.Message, _ outcome: DynamoOutcome, isRead: Bool, _ event: FleetEvent) {
    let place = message.place
    guard isCurrent(place, message.generation) else { return }
    if now < processes[place].stoppedUntil { return plan(event.kind, at: processes[place].stoppedUntil) }
    do throws(FleetStoreError) {
      let time = store.milliseconds(at: now)
      let step = try processes[place].replied(outcome, isRead: isRead, to: message.request.sequence, at: time)
      if let step { go(message, step) }
    } catch {
      guard error.isLost else { return watch.fail("a ledger refused a reply: \(error)") }
    }
  }
}
