import AWSWire
public import ArgumentParser
import Bedquota
public import BedrockQuotas

extension QuotaScope: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}

extension QuotaMeasure: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}

struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List every Bedrock quota: applied beside default value, grouped by model family.",
    discussion: """
      Reads both of AWS's lists to their ends: the applied values, and the defaults, which hold quotas that the other leaves out.
      IAM actions: servicequotas:ListServiceQuotas, servicequotas:ListAWSDefaultServiceQuotas; with --model also
      bedrock:ListFoundationModels and bedrock:ListInferenceProfiles.

      EXAMPLE: bedquota list --family claude --measure tpm --region us-east-1
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("Only quotas that name this model, or bind this inference profile.", valueName: "id"))
  var model: String?

  @Option(help: ArgumentHelp("Only this model family, such as Claude, Nova, Llama or General.", valueName: "name"))
  var family: String?

  @Option(help: "Only this scope.")
  var scope: QuotaScope?

  @Option(help: "Only this measure.")
  var measure: QuotaMeasure?

  @Option(help: ArgumentHelp("Only quotas whose name or code holds every word of this text.", valueName: "text"))
  var search: String?

  @Flag(help: "Read AWS's default values only, which needs one permission less.")
  var defaults = false

  @Option(help: ArgumentHelp("Compare Regions: a list with commas, or all.", valueName: "a,b|all"))
  var regions: String?

  func validate() throws {
    if regions != nil, global.region != nil { throw ValidationError("--regions takes the place of --region.") }
    if let regions {
      let names = Self.names(regions)
      if names.isEmpty || (names.count > 1 && names.contains("all")) {
        throw ValidationError("--regions takes Regions with commas between them, or all.")
      }
    }
    if let model { _ = try InvokedID.parse(model, facts: try global.facts()) }
  }

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    let command = self
    if let regions {
      let results = try await global.withSession { session in
        let names = try Self.names(regions) == ["all"] ? session.regionsWithBedrock(facts: facts) : Self.names(regions)
        return try await ProgressLine.with(console, "Reading quotas in \(names.count) Regions …") { _ in
          await session.inEachRegion(names) { try await command.read($0, facts: facts, console: console, progress: nil) }
            .map { answer in
              switch answer.result {
              case .success(let listing): listing
              case .failure(let error):
                QuotaListing(region: answer.region, error: (error as? AWSClientError)?.message ?? "\(error)")
              }
            }
        }
      }
      if global.output == .json || results.contains(where: { $0.error == nil }) {
        console.print(QuotaListRendering.render(regions: results, as: global.output, usesColor: console.usesColor))
        let isForReading = global.output == .table || global.output == .markdown
        if isForReading, results.contains(where: { $0.quotas.contains { $0.appliedValue == nil } }) {
          console.note("In parentheses: AWS's default, where no applied value is listed.")
        }
        noteUnknownFamily(results, console)
      }
      let failures = results.compactMap { result in result.error.map { "\(result.region): \($0)" } }
      for failure in failures { Console.complain("bedquota: \(failure)") }
      if failures.count == results.count { throw ExitCode(1) }
    } else {
      let result = try await global.withSession { session in
        try await ProgressLine.with(console, "Reading quotas in \(session.region) …") { progress in
          try await command.read(session, facts: facts, console: console, progress: progress)
        }
      }
      if global.output != .table || !result.quotas.isEmpty {
        console.print(QuotaListRendering.render(result, as: global.output, usesColor: console.usesColor))
      }
      noteUnknownFamily([result], console)
      let shown = result.quotas.count == result.total ? "" : ", \(Figures.grouped(result.quotas.count)) shown"
      console.note("\(Figures.grouped(result.total)) quotas from \(result.pages) pages in \(result.region)\(shown)")
    }
  }

  /// An empty list is no answer to a family that isn't there.
  private func noteUnknownFamily(_ results: [QuotaListing], _ console: Console) {
    let families = Set(results.flatMap(\.families))
    guard let family, !families.contains(where: { $0.lowercased() == family.lowercased() }) else { return }
    console.note("There is no family \(family); there are \(families.sorted().joined(separator: ", ")).")
  }

  private func read(
    _ session: BedquotaSession, facts: Facts, console: Console, progress: ProgressLine?
  ) async throws -> QuotaListing {
    let region = session.region
    var filter = QuotaFilter(family: family, scope: scope, measure: measure, search: search)
    let (inventory, pages): (QuotaInventory, Int)
    if let id = try model.map({ try InvokedID.parse($0, facts: facts) }) {
      let context = try await session.context(
        for: [id], facts: facts, requiresQuotas: true, defaultsOnly: defaults, console, progress)
      filter.codes = context.resolver.codes(about: id)
      (inventory, pages) = (context.inventory, context.pages)
    } else {
      let listing = try await session.discovery.inventory(facts: facts, defaultsOnly: defaults) { quotas, pages in
        progress?.update("Reading quotas in \(region): \(quotas) from \(pages) pages …")
      }
      (inventory, pages) = (listing.inventory, listing.pages)
    }
    return QuotaListing(
      region: region, quotas: inventory.quotas.filter(filter.matches), total: inventory.quotas.count,
      pages: pages, families: Set(inventory.quotas.map(\.family)).sorted())
  }

  private static func names(_ text: String) -> [String] {
    var seen: Set<String> = []
    return text.split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }.filter {
      !$0.isEmpty && seen.insert($0).inserted
    }
  }
}

/// What one Region's listing came to.
struct QuotaListing: Sendable {
  var region: String
  var quotas: [Quota] = []
  /// Quotas in the Region, the ones that were filtered out included.
  var total = 0
  var pages = 0
  /// Of all quotas in the Region.
  var families: [String] = []
  var error: String?
}

extension InvokedID {
  /// - Throws: `ValidationError`, which ends the command with 64.
  static func parse(_ text: String, facts: Facts) throws -> InvokedID {
    guard let id = InvokedID(text, facts: facts) else {
      throw ValidationError(
        "\"\(text)\" is not a model id, inference profile id or ARN. Write it like anthropic.claude-opus-5, us.amazon.nova-pro-v1:0 or arn:aws:bedrock:…; `bedquota models` lists them."
      )
    }
    return id
  }
}
