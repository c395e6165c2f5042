import AWSWire
import ArgumentParser
import Bedquota
import BedrockQuotas
import Reports

struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List every Bedrock quota: applied beside default value, grouped by model family.",
    discussion: """
      Reads both of AWS's lists to their ends: the applied values, and the defaults, which hold quotas that the other leaves out. \
      If AWS denies the defaults, the applied values are shown alone.
      \(CommandPermissions.help("list"))

      EXAMPLE: bedquota list --family claude --measure tpm --region us-east-1
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("Only quotas that name this model, or bind this inference profile.", valueName: "id"))
  var model: String?

  @Option(help: ArgumentHelp("Only this model family, such as Claude, Nova, Llama or General.", valueName: "name"))
  var family: String?

  @Option(help: ArgumentHelp("Only this scope.", valueName: "name"))
  var scope: QuotaScope?

  @Option(help: ArgumentHelp("Only this measure.", valueName: "name"))
  var measure: QuotaMeasure?

  @Option(help: ArgumentHelp("Only quotas whose name or code holds every word of this text.", valueName: "text"))
  var search: String?

  @Flag(help: "Read AWS's default values only, which needs one permission less.")
  var defaults = false

  @OptionGroup(title: "Regions and accounts") var places: PlaceOptions

  func validate() throws {
    try places.validate(with: global)
    if let model { _ = try global.id(model) }
  }

  func run() async throws {
    if places.areSeveral { try await compare() } else { try await list() }
  }

  private func list() async throws {
    let console = global.console
    let listing = try await global.reading(role: places.role) { account in try await read(account) }
    if global.output != .table || !listing.quotas.isEmpty { try global.show(QuotaListView(listing)) }
    if let note = [listing].noteOnUnknownFamily(family) { console.note(note) }
    if let note = listing.noteOnCrossRegionValues, global.output == .table { console.note(note) }
    console.note(listing.summary)
  }

  private func compare() async throws {
    let (console, served) = (global.console, try global.servedRegions())
    let listings = try await global.inEachPlace(places, "quotas") { account in try await read(account) }.map { answer in
      switch answer.result {
      case .success(var listing):
        listing.place = answer.place
        return listing
      case .failure(let error): return QuotaListing(PlaceFailure(answer.place, error, served: served))
      }
    }
    let view = RegionsView(listings)
    let isFailure = view.failures.count == listings.count
    if global.output == .json || !isFailure {
      try global.show(view)
      if global.output == .table || global.output == .markdown, let note = view.noteOnDefaults { console.note(note) }
      if let note = listings.noteOnUnknownFamily(family) { console.note(note) }
    }
    view.failures.tell()
    if isFailure { throw ExitCode(1) }
  }

  private func read(_ account: AccountReader) async throws -> QuotaListing {
    var filter = QuotaFilter(family: family, scope: scope, measure: measure, search: search)
    guard let model else {
      let listing = try await account.quotas(defaultsOnly: defaults)
      return QuotaListing(listing.inventory, pages: listing.pages, filter: filter)
    }
    let id = try InvokedID.parse(model, facts: account.facts)
    let context = try await account.context(for: [id], needsQuotas: true, defaultsOnly: defaults)
    filter.codes = context.resolver.codes(about: id)
    let scope = context.resolver.resolve(id).scope
    return QuotaListing(context.inventory, pages: context.pages, filter: filter, scope: scope)
  }
}
