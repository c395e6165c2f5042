import ArgumentParser
import Bedquota
import Reports

struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard",
    abstract: "Write charts of usage against quotas, one panel per model, as an SVG picture or one HTML file.",
    discussion: """
      Requests stacked as accepted and throttled, quota tokens per minute against the quota, percentiles of the latency and of the \
      time to the first token, times in the local time zone. Of a model that tokens throttled, the tokens come first. Without an id: \
      every model with traffic, the busiest first. The HTML file needs no network, and fits phones and paper: it shows figures under \
      the pointer, a finger or the arrow keys, and sorts its table.
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

  @OptionGroup var endpoints: EndpointOptions

  @OptionGroup(title: "Regions and accounts") var places: PlaceOptions

  private var isHTML: Bool { outputFile.lowercased().hasSuffix(".html") || outputFile.lowercased().hasSuffix(".htm") }

  func validate() throws {
    _ = try global.ids(ids)
    try places.validate(with: global)
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
    let read = try await PlacesUsage(global, places) { account in
      try await account.usage(of: ids, in: window, endpoint: endpoints.endpoint, detail: .percentileSeries)
    }
    let reports = read.reports
    let dashboard = Dashboard(reports, region: read.words)
    // A file of before is worth more than an empty one.
    if !read.isFailure { try file.write(isHTML ? dashboard.html() : dashboard.svg) }
    if global.output != .table { try global.show(UsageView(reports, failures: read.failures, spelling: .options)) }
    try read.end()
    if reports.isEmpty { console.note("No model had traffic in this time.") }
    console.note("\(reports.count) \(reports.count == 1 ? "model" : "models") in \(file.name)")
  }
}
