import Bedquota
import BedrockQuotas
import Reports

/// The texts of the tour.
enum DemoText {
  static let title = """
    Bedquota against an emulator of Amazon Bedrock inside this process: no AWS account, no network, no cost.


    """

  static func quotas(_ demo: Demo) -> String {
    let inventory = demo.context.inventory
    let resolution = demo.resolution
    let bound = resolution.quotas.map(\.quota).filter { [.rpm, .tpm].contains($0.name.measure) }
    let lines = bound.map { quota in
      "     \(padded(Figures.grouped(quota.value), 9)) \(quota.name.measure.words)   \(quota.code)"
    }
    let counts = resolution.outputBurndown.map { $0 > 1 ? "Output tokens count \($0)×. " : "" } ?? ""
    return """
      1. Which quotas are there, and which of them bind a model?
         The account has \(Figures.grouped(inventory.quotas.count)) in \(inventory.region). These bind \(Demo.quotaAwareID):
      \(lines.joined(separator: "\n"))
         \(counts)While a request runs, it reserves its input and all of max_tokens.


      """
  }

  static let beforeTheRace = """
    2. The same work by three programs, each with such quotas for itself
       \(Demo.workers) workers each; prompts of \(Demo.promptTokens.lowerBound) to \(Demo.promptTokens.upperBound) tokens, replies of \(Demo.outputTokens.lowerBound) to \(Demo.outputTokens.upperBound), max_tokens \(Demo.maxTokens).
       \(Demo.minutes) minutes pass in \(Int(Double(Demo.minutes) * 60 / Demo.timeScale)) seconds. The first \(Demo.minutesBefore) don't count: a quota is full at the start, which favors a client that sends at once.


    """

  static func progress(_ seconds: Double) -> String {
    "Minute \(min(Int(seconds / 60) + 1, Demo.minutes)) of \(Demo.minutes) …"
  }

  static func table(_ outcome: Demo.Outcome, usesColor: Bool, width: Int? = nil) -> String {
    let parts = [outcome.plain, outcome.gateway, outcome.quotaAware]
    var table = Table(columns: [.text(""), .number("AS BOTO3"), .number("THROUGH GATEWAY"), .number("BEDQUOTA")])
    let minutes = Double(Demo.minutes - Demo.minutesBefore)
    func row(_ title: String, _ value: (UsageReport, DemoTimes.Summary) -> String) {
      table.rows.append([.init(title)] + parts.map { .init(value($0.measured, $0.times)) })
    }
    func tokens(_ report: UsageReport) -> Double? { report.totals?.quotaTokens.map { $0 / minutes } }
    row("quota tokens used a minute") { report, _ in Figures.grouped(tokens(report)?.rounded()) }
    row("of the quota") { report, _ in
      let quota = report.peak(.tpm)?.quota
      return Figures.percent(tokens(report).flatMap { used in quota.map { used / $0 } })
    }
    row("attempts throttled") { report, _ in Figures.percent(report.totals?.throttleRate) }
    row("requests answered") { Figures.grouped($1.answered) }
    row("requests given up") { Figures.grouped($1.gaveUp) }
    row("seconds for a request, median") { Figures.short($1.median) }
    row("slowest in a hundred") { Figures.short($1.p99) }
    let isBeyond = parts.map(\.measured).contains { report in tokens(report) ?? 0 > report.peak(.tpm)?.quota ?? .infinity }
    let beyond = isBeyond ? "\n   Above 100 %: some replies began before the counted minutes and ended in them." : ""
    let text = """
         The first sends at once and tries again as boto3 did by itself before 1.44: five attempts, with pauses of up to 1, 2, 4 and 8 seconds. Newer ones make three.
         The second is the same program, and only its endpoint is another: `bedquota gateway` holds each request until there is room, here for \(Int(Demo.holdMax)) seconds at most.
         The third uses Bedquota's own client, as `bedquota run` does.\(beyond)


      """
    return "\(table.text(indent: "   ", usesColor: usesColor, width: width))\n\n\(Console.wrapped(text, to: width))"
  }

  static func end(files: [String]) -> String {
    """
    3. These minutes as charts, as `bedquota dashboard` draws them from CloudWatch
       \(files.joined(separator: "\n   "))

    Now with yours (reading only; AWS credentials as for the AWS CLI), or with --emulator for more of this:
       bedquota list
       bedquota usage \(Demo.quotaAwareID)
       bedquota run ID --input prompts.jsonl --output-file replies.jsonl
       bedquota gateway
    """
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
