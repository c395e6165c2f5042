import ArgumentParser
import Bedquota
import BedrockQuotas
import Reports

struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Show the quotas that bind an invoked id, with the evidence, or unknown.",
    discussion: """
      An id is what you pass as modelId: a model id, an inference profile's id, or an ARN. No AWS API links ids to quotas, so \
      names have to: every word and every version must agree, and where two quotas could be meant none is given. \
      An id that the account doesn't list has quotas all the same; the answer says so, with the nearest ids that are listed.
      \(CommandPermissions.help("resolve"))

      EXAMPLE: bedquota resolve us.anthropic.claude-sonnet-4-5-20250929-v1:0
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs.", valueName: "id"))
  var ids: [String]

  func validate() throws {
    _ = try global.ids(ids)
  }

  func run() async throws {
    let ids = try global.ids(ids)
    let tellsListing = !global.output.holdsNotes
    let resolutions = try await global.reading { account in
      let context = try await account.context(for: ids, needsQuotas: true, tellsListing: tellsListing)
      return ids.map(context.resolver.resolve)
    }
    try global.show(ResolutionView(resolutions))
  }
}
