import AdmissionControl
import FleetStore

/// What must hold when all requests have ended and all members have told so.
extension FleetRun {
  mutating func checkEnd() {
    for process in processes where process.isAlive {
      let (waiting, inFlight) = process.limiter.demand
      guard waiting == 0, inFlight == 0 else {
        return watch.fail("at the end, member \(process.place) has \(waiting) requests that wait and \(inFlight) in flight")
      }
      let owed = process.limiter.state.owed(.tokensPerMinute, at: now)?.reserved ?? 0
      guard owed == process.spent * Meter.micro else {
        return watch.fail("at the end, member \(process.place) owes \(owed / Meter.micro), and spent \(process.spent)")
      }
      guard !process.member.isChanged else {
        return watch.fail("at the end, member \(process.place) has not told the store what it owes")
      }
    }
  }
}
