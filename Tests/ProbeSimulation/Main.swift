import BedrockQuotas
import ProbeScenarios
import QuotaProbe

/// Probes simulated services in virtual time, one for each seed, beside a fixed ladder of rates.
@main
struct ProbeSimulation {
  private enum Kind: String, CaseIterable {
    case search = "--search"
    case wordless = "--wordless"
    case jitter = "--jitter"
    case held = "--by-reservation"
    case together = "--concurrent"
    case factor = "--reservation-factor"
    case digest = "--digest"
  }

  static func main() {
    let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    let kinds = CommandLine.arguments.dropFirst().compactMap { Kind(rawValue: $0) }
    guard numbers.count + kinds.count + 1 == CommandLine.arguments.count, numbers.count <= 2, kinds.count <= 1 else {
      print("usage: probe-simulation [FIRST-SEED [COUNT]] [\(Kind.allCases.map(\.rawValue).joined(separator: " | "))]")
      print("--wordless: 429s don't name their quota; --jitter: requests take 0 to 30 ms to the service")
      print("--by-reservation: tokens per minute are held, not used up; --concurrent: how many requests may run concurrently")
      print("--reservation-factor: how often max_tokens count in a reservation")
      print("--digest: a digest of everything that is sent and found, to compare two versions of the search")
      return
    }
    let (first, count) = (numbers.first ?? 1, numbers.count > 1 ? numbers[1] : 100)
    let seeds = first..<first + count
    switch kinds.first ?? .search {
    case .held: held(seeds)
    case .together: together(seeds)
    case .factor: factor(seeds)
    case .digest: digest(seeds)
    case let kind: search(seeds, kind)
    }
  }

  private static func search(_ seeds: Range<UInt64>, _ kind: Kind) {
    print("seed  service | finding; error, interval, error of the burst, requests, seconds; ladder's requests, error")
    let verdicts = seeds.map { seed in
      var scenario = ProbeScenario(seed: seed)
      scenario.hasWords = kind != .wordless
      scenario.jitter = kind == .jitter ? 0.015 : 0
      let verdict = ProbeVerdict(scenario, laddered: kind != .jitter)
      print(seed, line(verdict))
      return verdict
    }
    summarize(verdicts)
  }

  /// A search that finds nothing is no error, and is counted apart.
  private static func held(_ seeds: Range<UInt64>) {
    print(
      "seed  service | finding; error, interval, error of the burst, requests, seconds; quota tokens kept, as a share of a minute's"
    )
    var options = ProbeOptions()
    options.byReservation = true
    let verdicts = seeds.map { seed in
      let verdict = ProbeVerdict(ProbeScenario.held(seed: seed), options: options)
      print(seed, line(verdict), "; kept", verdict.tokens, percent(Double(verdict.tokens) / verdict.scenario.quota))
      return verdict
    }
    for name in Set(verdicts.map(\.scenario.semanticsName)).sorted() {
      let own = verdicts.filter { $0.scenario.semanticsName == name }
      let found = own.filter { $0.stop == .found }
      print(
        "\(name): \(own.count), found \(found.count), of these within 3 % \(found.count { $0.isRateRight }), interval right \(found.count { $0.covers == true }), semantics right \(found.count { $0.finding?.semantics == name })"
      )
    }
  }

  private static func together(_ seeds: Range<UInt64>) {
    var (exact, right) = (0, 0)
    for seed in seeds {
      let verdict = ProbeVerdict(ProbeScenario.together(seed: seed), options: ProbeOptions(measure: .concurrent))
      let (truth, found) = (verdict.scenario.concurrent ?? 0, verdict.concurrency)
      let covers = found.map { $0.low <= truth && truth <= $0.high ?? .max } ?? false
      right += covers ? 1 : 0
      exact += covers && found?.low == found?.high ? 1 : 0
      print(
        seed,
        "\(truth) concurrent, latency \(verdict.scenario.latency) s, jitter \(verdict.scenario.jitter) s | \(found?.low ?? 0) to",
        found?.high ?? 0, covers ? "" : "WRONG", "\(verdict.requests), \(Int(verdict.seconds)) s, \(verdict.stop.rawValue)")
    }
    print("right:", right, "exactly:", exact, "of", seeds.count)
  }

  private static func factor(_ seeds: Range<UInt64>) {
    var (found, right, normal, foundOfNormal) = (0, 0, 0, 0)
    for seed in seeds {
      let scenario = ProbeScenario.factor(seed: seed)
      var options = ProbeOptions()
      options.burndown = scenario.burndown
      let verdict = ProbeVerdict(scenario, options: options)
      let isNormal = scenario.prior.tokensPerMinute == scenario.tokensPerMinute && scenario.burst != scenario.quota / 12
      found += verdict.isFactorRight == nil ? 0 : 1
      right += verdict.isFactorRight == true ? 1 : 0
      normal += isNormal ? 1 : 0
      foundOfNormal += isNormal && verdict.isFactorRight != nil ? 1 : 0
      print(
        seed, scenario.semanticsName,
        "\(scenario.factor) of \(scenario.burndown), tpm \(Int(scenario.tokensPerMinute)) (told \(Int(scenario.prior.tokensPerMinute ?? 0))), most \(scenario.replyTokensMax) | \(verdict.factor?.factor ?? 0) \(verdict.isFactorRight == false ? "WRONG" : "")",
        verdict.stop.rawValue,
        "\(verdict.requests) requests, \(verdict.tokens) of \(verdict.bound.tokens) tokens, \(Int(verdict.seconds)) s")
    }
    print(
      "found:", found, "right:", right, "of", seeds.count, "· quota as told and no small window: \(foundOfNormal) of \(normal)")
  }

  private static func digest(_ seeds: Range<UInt64>) {
    for kind in ProbeDigest.Kind.allCases {
      for seed in seeds {
        let digest = ProbeDigest(kind, seed: seed)
        let rate = digest.finding.map { "\($0.semantics) \($0.measure.rawValue) \(Int($0.ratePerMinute.estimate.rounded()))" }
        print(kind.rawValue, seed, String(digest.value, radix: 16), digest.requests, digest.stop?.rawValue ?? "", rate ?? "")
      }
    }
  }

  private static func line(_ verdict: ProbeVerdict) -> String {
    let scenario = verdict.scenario
    let end =
      "\(verdict.requests) of \(verdict.bound.requests) (\(verdict.tokens) of \(verdict.bound.tokens) tokens), \(Int(verdict.seconds)) s, \(verdict.stop.rawValue); ladder \(verdict.ladderRequests ?? 0), \(percent(verdict.ladderError))"
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
    print("ended by the plan's bound:", all.count { $0.stop == .requestsMax || $0.stop == .tokensMax })
    let seconds = all.map(\.seconds).sorted()
    print("seconds, median:", Int(seconds[seconds.count / 2]), "worst:", Int(seconds.last ?? 0))
  }

  private static func percent(_ share: Double?) -> String {
    guard let share else { return "–" }
    return "\((share * 1000).rounded() / 10) %"
  }
}
