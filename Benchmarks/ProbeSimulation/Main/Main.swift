import Bedquota
import ProbeScenarios

/// Probes the emulator's engine in virtual time, a hundred services that follow from a seed, beside a fixed ladder.
@main
struct ProbeSimulation {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    let (isWordless, isJittery) = (CommandLine.arguments.contains("--wordless"), CommandLine.arguments.contains("--jitter"))
    let flags = (isWordless ? 1 : 0) + (isJittery ? 1 : 0)
    guard arguments.count + flags + 1 == CommandLine.arguments.count, arguments.count <= 2 else {
      print("usage: probe-simulation [FIRST-SEED [COUNT]] [--wordless] [--jitter]")
      print("--wordless: 429s don't say what for; --jitter: requests are 0 to 30 ms on their way")
      return
    }
    let first = arguments.first ?? 1
    let count = arguments.count > 1 ? arguments[1] : 100
    print("seed  service | found; off by, interval, burst off by, requests, seconds, ladder's requests, off by")
    var verdicts: [ProbeVerdict] = []
    for seed in first..<first + count {
      var scenario = ProbeScenario(seed: seed)
      scenario.hasWords = !isWordless
      scenario.jitter = isJittery ? 0.015 : 0
      let verdict = ProbeVerdict(scenario, laddered: !isJittery)
      print(seed, line(verdict))
      verdicts.append(verdict)
    }
    summarize(verdicts)
  }

  private static func line(_ verdict: ProbeVerdict) -> String {
    let scenario = verdict.scenario
    let end =
      "\(verdict.requests), \(Int(verdict.seconds)) s, \(verdict.stop.code); ladder \(verdict.ladderRequests ?? 0), \(percent(verdict.ladderError))"
    guard let finding = verdict.finding else { return "\(scenario.description) | NOTHING; \(end)" }
    let (rate, truth) = (finding.ratePerMinute, scenario.sustained)
    var marks: [String] = []
    if !verdict.isRateRight { marks.append("RATE") }
    if !verdict.isMeasureRight { marks.append("MEASURE") }
    if verdict.covers == false { marks.append("INTERVAL") }
    if scenario.isPlainBucket, (verdict.burstError ?? 0) > 0.1 { marks.append("BURST") }
    let interval = "\(percent(rate.low / truth - 1)) to \(percent(rate.high / truth - 1))"
    let evidence = finding.measureEvidence.map { " \(Int($0))" } ?? ""
    return
      "\(scenario.description) | \(finding.semantics) \(percent(finding.likelihoods[finding.semantics]))\(evidence) \(marks.joined(separator: " ")); \(percent(verdict.error)), \(interval), \(percent(verdict.burstError)), \(end)"
  }

  private static func summarize(_ all: [ProbeVerdict]) {
    let steady = all.filter { $0.covers != nil }
    let buckets = all.filter { $0.scenario.isPlainBucket }
    func share(_ count: Int, of total: Int) -> String {
      "\(count) of \(total) (\(percent(Double(count) / Double(max(total, 1)))))"
    }
    print("rate within 3 %:", share(all.count { $0.isRateRight }, of: all.count), "goal 95 %")
    print("measure right:", share(all.count { $0.isMeasureRight }, of: all.count), "goal all")
    print("burst within 10 %:", share(buckets.count { ($0.burstError ?? 1) <= 0.1 }, of: buckets.count), "of bucket60, 5 and 2")
    print("interval covers the truth:", share(steady.count { $0.covers == true }, of: steady.count), "goal 93 %")
    print("semantics right:", share(all.count { $0.finding?.semantics == $0.scenario.semanticsName }, of: all.count))
    print("ladder within 3 %:", share(all.count { ($0.ladderError ?? 1) <= 0.03 }, of: all.count))
    let ladders = all.compactMap(\.ladderRequests)
    print("requests:", all.reduce(0) { $0 + $1.requests }, "ladder:", ladders.reduce(0, +))
    print("fewer than the ladder:", share(all.count { $0.requests < ($0.ladderRequests ?? 0) }, of: all.count))
    let ratios = all.compactMap { verdict in verdict.ladderRequests.map { Double(verdict.requests) / Double(max($0, 1)) } }
      .sorted()
    print(
      "of the ladder's requests, median:", percent(ratios.isEmpty ? nil : ratios[ratios.count / 2]), "worst:",
      percent(ratios.last))
    let seconds = all.map(\.seconds).sorted()
    print("seconds, median:", Int(seconds[seconds.count / 2]), "worst:", Int(seconds.last ?? 0))
  }

  private static func percent(_ share: Double?) -> String {
    guard let share else { return "–" }
    return "\((share * 1000).rounded() / 10) %"
  }
}
