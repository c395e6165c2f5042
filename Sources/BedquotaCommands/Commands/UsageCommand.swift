import ArgumentParser
import Bedquota
import Reports

struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract: "Show usage and throttling of a model against its quotas: requests, throttle rate, tokens, busiest minutes.",
    discussion: """
      Reads CloudWatch and adds up every series that counts against the same quotas: an inference profile and the application \
      profiles copied from it. The bare id, geographic and global profiles have quotas of their own and stay apart, and so does bedrock-mantle, \
      which publishes no throttled requests and no latency.
      Service tiers (bedrock-runtime) and projects (bedrock-mantle) are shown as parts of the whole.
      Quota tokens are input + cache write + burndown × output, or AWS's own sum (EstimatedTPMQuotaUsage) where that is higher: \
      burndowns change. What max_tokens reserves is not in CloudWatch; --max-tokens \
      estimates it. Minutes without data are gaps. Periods of a minute are kept for 15 days, of 5 minutes for 63, of an hour for 455.
      \(CommandPermissions.help("usage"))

      EXAMPLE: bedquota usage us.anthropic.claude-sonnet-4-5-20250929-v1:0 --hours 6
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Time") var time: WindowOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs.", valueName: "id"))
  var ids: [String]

  @Option(
    name: .customLong("max-tokens"),
    help: ArgumentHelp("The max_tokens that the requests carry, to estimate what the busiest minute reserved.", valueName: "n"))
  var maxTokens: Int?

  @Option(
    help: ArgumentHelp(
      "Draw accepted and throttled requests as SVG, and the tokens if those throttled; - is stdout, in place of the table.",
      valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  @Flag(help: "Rank ids, Regions and accounts by the headroom of their busiest minute, the most first.")
  var rank = false

  @OptionGroup var endpoints: EndpointOptions

  @OptionGroup(title: "Regions and accounts") var places: PlaceOptions

  func validate() throws {
    _ = try global.ids(ids)
    try places.validate(with: global)
    if rank, svg != nil { throw ValidationError("--rank is a table; it can't be combined with --svg.") }
    try PictureFile.validate(svg, option: "--svg")
    if let svg, WriteMethod.isStandardOutput(svg), global.output != .table {
      throw ValidationError("--svg \(svg) and --output \(global.output) would mix on stdout; name a file for the picture.")
    }
    if let maxTokens, !(1...100_000_000).contains(maxTokens) { throw ValidationError("--max-tokens takes 1 to 100000000.") }
  }

  func run() async throws {
    let window = try time.window()
    let ids = try global.ids(ids)
    let file = try await OutputFile.optional(svg, global.console)
    // A picture in place of the table has no notes.
    let tellsListing = !global.output.holdsNotes || file?.isStandardOutput == true
    let read = try await PlacesUsage(global, places) { account in
      try await account.usage(
        of: ids, in: window, maxTokens: maxTokens, tellsListing: tellsListing, endpoint: endpoints.endpoint,
        detail: rank ? [] : [.percentiles, .breakdown])
    }
    try file?.write(UsageChart.svg(read.reports))
    if file?.isStandardOutput != true, !read.isFailure || global.output == .json {
      try rank
        ? global.show(RankView(read.reports, failures: read.failures))
        : global.show(UsageView(read.reports, failures: read.failures, spelling: .options))
    }
    try read.end()
  }
}
