import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// Prints the course of a run, to explain its figures.
enum Trace {
  static let profiles: [String: LimiterConfiguration.Profile] = ["bucket": .bucket, "strict": .strict, "auto": .auto]

  static func run(_ semantics: Semantics, _ profile: LimiterConfiguration.Profile) {
    var scenario = Goals.scenario(semantics, seed: 1)
    scenario.measured = 0..<scenario.end
    scenario.sampleNanoseconds = 5_000_000_000
    show(Contender.ours(profile).play(scenario), quota: Double(Goals.quota))
  }

  static func run(seed: UInt64) {
    let run = SeedRun(seed: seed, minutes: 10, sampleSeconds: 5)
    print("seed \(seed): \(run.plan.summary)")
    print("\(run.plan.scenario.workload)\n\(run.plan.configuration)")
    show(run.tally, quota: Double(run.plan.scenario.limits.first { $0.measure != .requestsPerMinute }?.value ?? 0))
    print(run.violation ?? "every rule holds")
  }

  private static func show(_ tally: Tally, quota: Double) {
    var rows = [["s", "use", "refused", "server has", "ledger has", "scale", "strict", "waiting"]]
    for (before, sample) in zip(tally.samples, tally.samples.dropFirst()) {
      let use = Double(sample.settledTokens - before.settledTokens) / (quota / 60 * (sample.seconds - before.seconds))
      rows.append([
        Format.fixed(sample.seconds, 0), Format.percent(use), "\(sample.throttled - before.throttled)",
        Format.fixed(sample.room, 0), "\(sample.gauge.available)", Format.fixed(sample.gauge.scale, 3),
        sample.gauge.isStrict ? "yes" : "", "\(sample.gauge.waiting)",
      ])
    }
    print(Format.table(rows, toTheRight: Set(0...7)))
    print("used \(Format.percent(tally.utilisation)), refused \(Format.percent(tally.throttledShare))")
  }
}
