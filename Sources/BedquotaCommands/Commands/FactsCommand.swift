import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation
import Reports

struct FactsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "facts",
    abstract: "Print the facts about models that no AWS API tells, with their age and source.",
    discussion: """
      Context windows, maximum outputs and burndowns come from model cards and other pages, not from your account. Where sources \
      disagree, a fact is a range. Another file of facts is read if BEDQUOTA_FACTS names one.
      --check reads the account, names its models that have an unknown or disputed fact, and says what follows.
      \(CommandPermissions.help("facts"))

      EXAMPLE: bedquota facts us.anthropic.claude-sonnet-4-6
               bedquota facts --check --output csv
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: ArgumentHelp(
      "A model id, inference profile id or ARN. (default: every fact; with --check, every model)", valueName: "id"))
  var id: String?

  @Flag(help: "Show what is unknown of the account's models, and what follows from it.")
  var check = false

  func validate() throws {
    guard let id = try id.map(global.id), id.model == nil, !check else { return }
    throw ValidationError(
      "\(id.text.shortened()) doesn't say which model it is; name the model, or add --check to ask the account.")
  }

  func run() async throws {
    let id = try id.map(global.id)
    let facts = try global.facts()
    guard check else {
      return try global.show(FactListView(id?.model.map(facts.dated(of:)) ?? facts.dated, now: Date()))
    }
    let check = try await global.reading("models") { account in
      let discovery = account.session.discovery
      guard let id else {
        let models = ModelCatalog(models: try await discovery.foundationModels(), profiles: [])
        return FactCheck(models, region: account.region, facts: facts)
      }
      let catalog = await discovery.adding(profilesFor: [id], to: try await discovery.catalog())
      let inventory = QuotaInventory(region: account.region, quotas: [])
      let resolution = catalog.resolver(for: inventory, facts: facts).resolve(id)
      if let text = resolution.listingNote { account.note("bedquota: \(text)") }
      guard let model = resolution.modelID else {
        throw ValidationError("Which model is behind \(id.text.shortened()) is not known in \(account.region); name the model.")
      }
      return FactCheck(catalog, of: model, region: account.region, facts: facts)
    }
    try global.show(FactCheckView(check))
    global.console.note(check.summary)
  }
}
