import ArgumentParser
import Bedquota
import BedrockQuotas

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the foundation models and inference profiles that the account sees, with what resolves for each.",
    discussion: """
      IAM actions: bedrock:ListFoundationModels, bedrock:ListInferenceProfiles, servicequotas:ListServiceQuotas, \
      servicequotas:ListAWSDefaultServiceQuotas.

      EXAMPLE: bedquota models --search "claude sonnet"
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("Only entries whose id, name or provider holds every word of this text.", valueName: "text"))
  var search: String?

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    let context = try await global.withSession { session in
      try await ProgressLine.with(console, "Reading models and quotas in \(session.region) …") { progress in
        let context = try await session.context(for: [], facts: facts, requiresQuotas: true, console, progress)
        if let problem = context.catalogProblem { throw problem }
        return context
      }
    }
    let catalog = context.catalog
    let words = (search ?? "").lowercased().split(whereSeparator: \.isWhitespace)
    let rows = catalog.entries
      .filter { entry in
        let text = "\(entry.id) \(entry.name) \(entry.provider)".lowercased()
        return words.allSatisfy { text.contains($0) }
      }
      .map { entry -> ModelRendering.Row in
        // An application profile is invoked by its ARN; everything else by its id.
        let id = entry.kind == "application-profile" ? entry.arn : entry.id
        let resolution = InvokedID(id, facts: facts).map(context.resolver.resolve)
        return .init(entry: entry, resolution: resolution)
      }
    if rows.isEmpty, global.output == .table { return console.note("No model or profile matches.") }
    console.print(try ModelRendering.render(rows, as: global.output, usesColor: console.usesColor))
    console.note(
      "\(catalog.entries.count) models and profiles in \(context.inventory.region)\(rows.count == catalog.entries.count ? "" : ", \(rows.count) shown")"
    )
  }
}
