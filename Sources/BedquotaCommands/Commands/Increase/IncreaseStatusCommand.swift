import ArgumentParser
import Bedquota
import Reports

struct IncreaseStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the requests that were filed, and what became of them.",
    discussion: """
      Without an id: all requests for Bedrock quotas of the last 90 days, the newest first. The applied value is the one that holds \
      now.
      \(CommandPermissions.help("increase status"))

      EXAMPLE: bedquota increase status us.anthropic.claude-opus-4-7
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN. (default: every quota)", valueName: "id"))
  var id: String?

  func validate() throws { if let id { _ = try global.id(id) } }

  func run() async throws {
    let id = try self.id.map(global.id)
    let view = try await global.reading("increase requests") { account in
      let increases = account.session.increases
      guard let id else {
        async let listing = account.quotas()
        let records = try await increases.history()
        return IncreaseHistoryView(records, values: try await listing.inventory.values)
      }
      let context = try await account.context(for: [id], needsQuotas: true)
      let codes = context.resolver.resolve(id).quotas.map(\.quota.code)
      guard !codes.isEmpty else {
        throw BedquotaError(.quotaUnknown, "No quota of \(id) is known, so it has no requests.")
      }
      var records: [IncreaseRecord] = []
      for code in codes { records += try await increases.history(of: code) }
      return IncreaseHistoryView(
        records.sorted { $0.createdSeconds ?? 0 > $1.createdSeconds ?? 0 }, values: context.inventory.values)
    }
    try global.show(view)
  }
}
