import AWSWire
import AdmissionSimulation
import ArgumentParser
import Bedquota
import BedquotaCommands
import BedrockQuotas
import Foundation
import QuotaProbe
import Reports

/// Mutated command lines, and absurd figures in what the commands compute.
struct OptionTrial: FuzzTrial {
  private static let values = [
    "", "0", "-1", "1", "1.5", "9e18", "1e308", "nan", "inf", "-inf", "9223372036854775807", "99999999999999999999", "us-east-1",
    "amazon.nova-pro-v1:0", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "json", "table", "\u{1B}[31m",
    "é",
    "2026-11-28", "2026-11-28T10:00:00Z", "9999999999-01-01T00:00:00Z", "-", "--", "a=b", "timeout=2", "NAME=1e400", "rpm",
    "/dev/null",
  ]
  private static let commands = [
    "list", "resolve", "models", "routes", "capacity", "usage", "dashboard", "check", "probe", "invoke", "run", "record",
    "emulate", "demo",
    "whoami", "facts",
  ]

  private let names: [String: [String]]
  private var parsed = 0
  private var refused = 0

  /// - Throws: if the definitions of the options can't be read, for then nothing would be tried.
  init() throws {
    var names: [String: [String]] = [:]
    let help = try JSONValue(Data(BedquotaCommand._dumpHelp().utf8))["command"]?["subcommands"]?.array ?? []
    for command in help {
      guard let name = command["commandName"]?.string else { continue }
      names[name] = (command["arguments"]?.array ?? []).flatMap { argument in
        (argument["names"]?.array ?? []).compactMap { $0["name"]?.string }.map { ($0.count > 1 ? "--" : "-") + $0 }
      }
    }
    guard Set(Self.commands).isSubset(of: names.keys) else { throw CocoaError(.coderInvalidValue) }
    self.names = names
  }

  var summary: String {
    "\(parsed) command lines parsed, \(refused) refused; \(names.values.reduce(0) { $0 + $1.count }) options"
  }

  mutating func run(_ random: inout Random) async throws -> String? {
    // In a debug build, each parse checks the definitions of all options, which takes longer than all else.
    if random.chance(0.25), let problem = parse(&random) { return problem }
    return try Self.compute(&random)
  }

  private mutating func parse(_ random: inout Random) -> String? {
    let command = random.pick(Self.commands)
    var arguments = [command]
    if random.chance(0.7) { arguments.append("amazon.nova-pro-v1:0") }
    for _ in 0..<random.below(5) {
      let options = names[command] ?? []
      if !options.isEmpty, random.chance(0.8) { arguments.append(random.pick(options)) }
      if random.chance(0.8) { arguments.append(Self.value(&random)) }
    }
    do {
      _ = try BedquotaCommand.parseAsRoot(arguments)
      parsed += 1
    } catch {
      refused += 1
      // Wording a message takes longer than all else.
      if random.chance(0.05), BedquotaCommand.fullMessage(for: error).isEmpty {
        return "a refusal without a sentence: \(arguments)"
      }
    }
    return nil
  }

  private static func value(_ random: inout Random) -> String {
    random.chance(0.1) ? String(repeating: random.pick(values), count: 1 + random.below(200)) : random.pick(values)
  }

  /// What commands compute from quotas, datapoints and sizes.
  private static func compute(_ random: inout Random) throws -> String? {
    let resolution = FuzzClient.resolution(
      "amazon.nova-pro-v1:0", tokensPerMinute: Figure.finite(&random), requestsPerMinute: Figure.finite(&random))
    // A long run of the simulation of a window, for one trial in ten.
    let workload = random.chance(0.1) ? Figure.workload(&random) : Figure.instant(&random)
    let capacity = Capacity(of: workload, under: resolution, outputBurndown: random.chance(0.5) ? nil : 1 + random.below(1_000))
    _ = CapacityRange(of: workload, under: resolution, outputBurndown: capacity.outputBurndown).advice(busyShare: random.unit())
    let advice = capacity.advice(busyShare: random.unit())
    if let rate = capacity.requestsPerMinute, !rate.isFinite || rate < 0 { return "a rate of \(rate): \(advice)" }
    _ = ProbeText.plan(ProbePlan(resolution, ProbeOptions()))
    let window = try UsageWindow(hours: 0.2, periodSeconds: 60, now: Date(timeIntervalSince1970: 1_795_879_500))
    var series = UsageSeries(window: window)
    for metric in UsageMetric.allCases where random.chance(0.7) {
      let times = (0..<window.count).map { Double(window.seconds(of: $0)) } + [Figure.double(&random)]
      series.add([(times, times.map { _ in Figure.double(&random) })], of: metric, from: resolution.id)
    }
    let pool = QuotaPool(id: resolution.id, resolution: resolution, series: [resolution.id])
    let report = UsageCalculation(pool: pool, series: series, maxTokens: random.chance(0.5) ? nil : Figure.double(&random))
      .report()
    let check = QuotaCheck()
    for view in [UsageView([report]), CheckView(check.verdicts(on: [report]), status: report.status, by: check)] as [any View] {
      _ = try view.render(as: random.pick([.json, .table, .csv, .markdown]), usesColor: false)
    }
    return nil
  }
}
