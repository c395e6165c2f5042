import ArgumentParser
import Bedquota
import BedrockQuotas

struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Show the quotas that bind an invoked id, with the evidence, or unknown.",
    discussion: """
      An id is what you pass as modelId: a model id, an inference profile's id, or an ARN. No AWS API links ids to quotas, so \
      names have to: every word and every version must agree, and where two quotas could be meant none is given.
      IAM actions: servicequotas:ListServiceQuotas, servicequotas:ListAWSDefaultServiceQuotas, bedrock:ListFoundationModels, \
      bedrock:ListInferenceProfiles.

      EXAMPLE: bedquota resolve us.anthropic.claude-sonnet-4-5-20250929-v1:0
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs.", valueName: "id"))
  var ids: [String]

  func validate() throws {
    let facts = try global.facts()
    for id in ids { _ = try InvokedID.parse(id, facts: facts) }
  }

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    let parsed = try ids.map { try InvokedID.parse($0, facts: facts) }
    let (resolutions, catalog) = try await global.withSession { session in
      try await ProgressLine.with(console, "Reading quotas in \(session.region) …") { progress in
        let context = try await session.context(for: parsed, facts: facts, requiresQuotas: true, console, progress)
        return (parsed.map(context.resolver.resolve), context.catalog)
      }
    }
    console.print(try ResolutionRendering.render(resolutions, as: global.output, usesColor: console.usesColor))
    for resolution in resolutions where resolution.status == .unknown && resolution.modelID == nil {
      let near = catalog.suggestions(for: resolution.id)
      if !near.isEmpty { console.note("\(resolution.id): did you mean \(near.joined(separator: ", "))?") }
    }
  }
}
