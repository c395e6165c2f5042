import AWSClient
public import ArgumentParser
import Bedquota
public import BedrockQuotas

extension QuotaScope: ExpressibleByArgument {}
extension QuotaMeasure: ExpressibleByArgument {}

struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List every Bedrock quota: applied beside default value, grouped by model family.",
    discussion: """
      Reads both of AWS's lists to their ends: the applied values, and the defaults, which hold quotas that the other leaves out.
      IAM actions: servicequotas:ListServiceQuotas, servicequotas:ListAWSDefaultServiceQuotas.

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
    if let regions, regions.split(separator: ",").isEmpty {
      throw ValidationError("--regions takes Regions with commas between them, or all.")
    }
    if let model { _ = try InvokedID.parse(model) }
  }

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    let command = self
    if let regions {
      let results = try await global.withSession { session in
        let names = try Self.expand(regions, session: session, facts: facts)
        return await command.readRegions(names, session: session, facts: facts, console: console)
      }
      console.print(QuotaListRendering.render(regions: results, as: global.output, usesColor: console.usesColor))
      let failures = results.compactMap { result in result.error.map { "\(result.region): \($0)" } }
      for failure in failures { Console.standardError("bedquota: \(failure)\n") }
      if failures.count == results.count { throw ExitCode(1) }
    } else {
      let result = try await global.withSession { session in
        try await command.read(session, facts: facts, console: console, progress: ProgressLine(console))
      }
      console.print(QuotaListRendering.render(result, as: global.output, usesColor: console.usesColor))
      let shown = result.quotas.count == result.total ? "" : ", \(Figures.grouped(result.quotas.count)) shown"
      console.note("\(Figures.grouped(result.total)) quotas from \(result.pages) pages in \(result.region)\(shown)")
    }
  }

  private func read(
    _ session: BedquotaSession, facts: Facts, console: Console, progress: ProgressLine?
  ) async throws -> QuotaListing {
    defer { progress?.finish() }
    async let catalog = model == nil ? .empty : session.catalogOrEmpty(console)
    let region = session.region
    let listing = try await session.discovery.inventory(facts: facts, defaultsOnly: defaults) { quotas, pages in
      progress?.update("Reading quotas in \(region): \(quotas) from \(pages) pages …")
    }
    var filter = QuotaFilter(family: family, scope: scope, measure: measure, search: search)
    if let model {
      let resolver = await catalog.resolver(for: listing.inventory, facts: facts)
      filter.codes = resolver.codes(for: try InvokedID.parse(model), id: model)
    } else {
      _ = await catalog
    }
    return QuotaListing(
      region: region, quotas: listing.inventory.quotas.filter(filter.matches), total: listing.inventory.quotas.count,
      pages: listing.pages, error: nil)
  }

  /// Every Region at once; one that fails is a result like the others.
  private func readRegions(_ names: [String], session: BedquotaSession, facts: Facts, console: Console) async -> [QuotaListing] {
    let command = self
    return await withTaskGroup(of: (Int, QuotaListing).self) { group in
      for (index, name) in names.enumerated() {
        group.addTask {
          do {
            let regional = try session.with(region: name)
            return (index, try await command.read(regional, facts: facts, console: console, progress: nil))
          } catch {
            let message = (error as? AWSClientError)?.message ?? "\(error)"
            return (index, QuotaListing(region: name, quotas: [], total: 0, pages: 0, error: message))
          }
        }
      }
      var results: [(Int, QuotaListing)] = []
      let progress = ProgressLine(console)
      for await result in group {
        results.append(result)
        progress.update("Reading Regions: \(results.count) of \(names.count) …")
      }
      progress.finish()
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static func expand(_ text: String, session: BedquotaSession, facts: Facts) throws -> [String] {
    if text == "all" { return session.regionsOfPartition(facts: facts) }
    var seen: Set<String> = []
    return text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { seen.insert($0).inserted }
  }
}

/// What one Region's listing came to.
struct QuotaListing: Sendable {
  var region: String
  var quotas: [Quota]
  /// Quotas in the Region, the ones that were filtered out included.
  var total: Int
  var pages: Int
  var error: String?
}

extension InvokedID {
  /// - Throws: `ValidationError`, which ends the command with 64.
  static func parse(_ text: String) throws -> InvokedID {
    guard let id = InvokedID(text) else {
      throw ValidationError(
        "\"\(text)\" is not a model id, inference profile id or ARN. Write it like anthropic.claude-opus-5, us.amazon.nova-pro-v1:0 or arn:aws:bedrock:…; `bedquota models` lists them."
      )
    }
    return id
  }
}

extension QuotaResolver {
  /// The quotas to show for one id: all that name a bare model, or what binds a profile.
  func codes(for id: InvokedID, id text: String) -> Set<String> {
    let resolution = resolve(id, id: text)
    let bound = resolution.quotas.map(\.quota.code) + resolution.variants.map(\.quota.code)
    guard case .model(let model) = id else { return Set(bound) }
    return Set(bound + quotasNaming(model).map(\.code))
  }
}
