import ArgumentParser
import Bedquota
import BedrockQuotas
import Reports

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the foundation models and inference profiles that the account sees, with what resolves for each.",
    discussion: """
      \(CommandPermissions.help("models"))

      EXAMPLE: bedquota models --search "claude sonnet"
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("Only entries whose id, name or provider holds every word of this text.", valueName: "text"))
  var search: String?

  func run() async throws {
    let facts = try global.facts()
    let context = try await global.reading("models and quotas") { account in
      try await account.context(for: [], needsQuotas: true, needsCatalog: true)
    }
    let listing = ModelListing(context, search: search ?? "", facts: facts)
    if listing.rows.isEmpty, global.output == .table { return global.console.note("No model or profile matches.") }
    try global.show(ModelListView(listing))
    if let note = listing.noteOnEffectiveValues, global.output != .json { global.console.note(note) }
    global.console.note(listing.summary)
  }
}
