import ArgumentParser
import Bedquota
import BedrockQuotas

struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard",
    abstract: "Write charts of use against quotas, a panel for each model, as an SVG picture or one HTML file.",
    discussion: """
      Requests stacked as accepted and throttled, quota tokens per minute against the quota, times in the local time zone. Without \
      an id: every model with traffic, the busiest first. The HTML file needs no network: it shows figures under the pointer and \
      sorts its table.
      IAM actions: those of bedquota usage.

      EXAMPLE: bedquota dashboard --emulator --output-file dashboard.html
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Time") var time: WindowOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all with traffic)", valueName: "id"))
  var ids: [String] = []

  @Option(
    name: .customLong("output-file"), help: ArgumentHelp("The file to write: FILE.svg or FILE.html.", valueName: "file"),
    completion: .file(extensions: ["svg", "html"]))
  var outputFile: String

  private var isHTML: Bool { outputFile.lowercased().hasSuffix(".html") || outputFile.lowercased().hasSuffix(".htm") }

  func validate() throws {
    let facts = try global.facts()
    for id in ids { _ = try InvokedID.parse(id, facts: facts) }
    guard isHTML || outputFile.lowercased().hasSuffix(".svg") else {
      throw ValidationError("--output-file takes a name that ends in .svg or .html.")
    }
  }

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    let window = try time.window()
    let file = try OutputFile(outputFile)
    let parsed = try ids.map { try InvokedID.parse($0, facts: facts) }
    let (read, region) = try await global.withSession { session in
      try await ProgressLine.with(console, "Reading quotas in \(session.region) …") { progress in
        let context = try await session.context(for: parsed, facts: facts, console, progress)
        progress.update("Reading metrics in \(session.region) …")
        let read = try await session.monitor.usage(
          of: parsed.isEmpty ? nil : parsed, in: window, context: context, facts: facts
        ) { done, all in progress.update("Reading metrics: \(done) of \(all) calls …") }
        return (read, session.region)
      }
    }
    let reports = read.reports
    for message in read.messages { console.note("CloudWatch: \(message)") }
    try file.write(try Dashboard(reports: reports, region: region).content(html: isHTML))
    if global.output != .table { console.print(UsageRendering.render(reports, as: global.output, usesColor: false)) }
    if reports.isEmpty { console.note("No model had traffic in this time.") }
    console.note("\(reports.count) \(reports.count == 1 ? "model" : "models") in \(outputFile)")
  }
}
