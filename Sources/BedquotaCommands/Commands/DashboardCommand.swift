import ArgumentParser
import Bedquota
import Reports

struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard",
    abstract: "Write charts of usage against quotas, one panel per model, as an SVG picture or one HTML file.",
    discussion: """
      Requests stacked as accepted and throttled, quota tokens per minute against the quota, times in the local time zone. Without \
      an id: every model with traffic, the busiest first. The HTML file needs no network: it shows figures under the pointer and \
      sorts its table.
      \(CommandPermissions.help("dashboard"))

      EXAMPLE: bedquota dashboard --emulator --output-file dashboard.html
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Time") var time: WindowOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all with traffic)", valueName: "id"))
  var ids: [String] = []

  @Option(
    name: .customLong("output-file"),
    help: ArgumentHelp("The file to write: FILE.svg or FILE.html; - writes SVG to stdout.", valueName: "file"),
    completion: .file(extensions: ["svg", "html"]))
  var outputFile: String

  private var isHTML: Bool { outputFile.lowercased().hasSuffix(".html") || outputFile.lowercased().hasSuffix(".htm") }

  func validate() throws {
    _ = try global.ids(ids)
    guard !outputFile.isEmpty, isHTML || PictureFile.isForSVG(outputFile) else {
      throw ValidationError("--output-file takes a name that ends in .svg or .html, or - for SVG on stdout.")
    }
    if WriteMethod.isStandardOutput(outputFile), global.output != .table {
      throw ValidationError(
        "--output-file \(outputFile) and --output \(global.output) would mix on stdout; name a file for the charts.")
    }
  }

  func run() async throws {
    let console = global.console
    let window = try time.window()
    let ids = try global.ids(ids)
    let file = try await OutputFile(outputFile, console)
    let (reports, region) = try await global.reading { account in
      (try await account.usage(of: ids, in: window), account.region)
    }
    let dashboard = Dashboard(reports, region: region)
    try file.write(isHTML ? dashboard.html() : dashboard.svg)
    if global.output != .table { try global.show(UsageView(reports, spelling: .options)) }
    if reports.isEmpty { console.note("No model had traffic in this time.") }
    console.note("\(reports.count) \(reports.count == 1 ? "model" : "models") in \(file.name)")
  }
}
