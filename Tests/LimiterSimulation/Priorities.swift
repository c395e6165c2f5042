import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// A large request of the lowest priority beside a backlog of small urgent ones.
enum Priorities {
  static func rows() async -> [Goals.Row] {
    let alone = PriorityRun(large: nil)
    let beside = PriorityRun(large: 900_000)
    let ratio = beside.medianWait / alone.medianWait
    let seconds = beside.largeWait ?? .infinity
    return [
      Goals.Row(
        what: "900k of 1M at the lowest priority: urgent median wait ÷ without it", goal: "≤ 1.1",
        measured: Format.fixed(ratio, 2), isMet: ratio <= 1.1),
      Goals.Row(
        what: "and its own wait, in minutes: its share brings 900k in 13.5", goal: "≤ 16",
        measured: Format.fixed(seconds / 60, 1), isMet: seconds <= 16 * 60),
    ]
  }
}
