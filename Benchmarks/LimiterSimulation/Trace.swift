import AdmissionControl
import AdmissionSimulation

/// How a run goes, for who wants to know why a figure is what it is.
enum Trace {
  static let profiles: [String: LimiterConfiguration.Profile] = ["bucket": .bucket, "strict": .strict, "auto": .auto]

  static func run(_ semantics: Semantics, _ profile: LimiterConfiguration.Profile, seed: UInt64) {
    var scenario = Goals.scenario(semantics, seed: seed)
    scenario.measured = 0..<scenario.end
    scenario.sampleNanoseconds = 5_000_000_000
    let tally = Contender.ours(profile).play(scenario)
    var rows = [["s", "use", "refused", "server has", "ledger has", "scale", "strict", "waiting"]]
    for (before, sample) in zip(tally.samples, tally.samples.dropFirst()) {
      let use = Double(sample.settledTokens - before.settledTokens) / (Double(Goals.quota) / 60 * (sample.seconds - before.seconds))
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
