import AdmissionControl
import AdmissionSimulation
import FleetStore

/// What goes wrong.
extension FleetRun {
  mutating func begin(_ fault: FleetFault) {
    watch.began(fault, processes)
    switch fault {
    case .crash(let places):
      for place in places where processes[place].isAlive {
        processes[place].isAlive = false
        watch.lost(processes[place])
      }
    case .join(let places): for place in places where !processes[place].isAlive { replace(place) }
    case .pause(let places, let seconds):
      for place in places { processes[place].stoppedUntil = now + Int64(seconds * 1e9) }
    case .leave(let places):
      for place in places where processes[place].isAlive {
        processes[place].member.stop()
        driveUnlessStopped(place)
      }
    case .storeDown: store.isUp = false
    case .storeUp: store.isUp = true
    case .cut(let places): cut = Set(places)
    case .deafen(let places): deaf = Set(places)
    case .mend: (cut, deaf) = ([], [])
    case .failover(let lost): store.failOver(losing: Int64(lost * 1e9), at: now)
    case .flush:
      store.flush()
      item = nil
    case .clock(let seconds): store.clockOffset = seconds
    case .quota(let factor): change(quota: Int64(Double(scenario.quota) * factor))
    case .foreign(let share):
      foreignShare = share
      guard share > 0, !isForeignPlanned else { return }
      isForeignPlanned = true
      plan(.foreign, in: 0)
    }
  }

  private mutating func replace(_ place: Int) {
    processes[place] = SimulatedProcess(
      scenario, place: place, generation: processes[place].generation + 1, dice: random.split(), at: now)
    setClock(place)
    plan(.start(place: place), in: random.unit())
  }

  private mutating func change(quota new: Int64) {
    quota = new
    server.setQuota(.tokensPerMinute, new, at: now)
    let time = 1_750_000_000_000 + now / 1_000_000
    for place in processes.indices { plan(.discover(place: place, quota: new, at: time), in: random.unit() * 30) }
  }

  mutating func discover(_ place: Int, quota: Int64, at time: Int64) {
    guard processes[place].isAlive else { return }
    processes[place].member.discovered([FleetMemberConfiguration.Meter(.tokensPerMinute, limit: quota)], at: time)
    driveUnlessStopped(place)
  }
}
