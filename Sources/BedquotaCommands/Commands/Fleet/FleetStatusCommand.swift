import ArgumentParser
import Reports

struct FleetStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the quotas that a fleet shares: limits, what is free, members, who waits.",
    discussion: """
      Without an id or --scope: every scope that the store knows. AWS is asked only where an id is named, to find its quotas and the \
      account, and for a store in DynamoDB; a login by IAM needs credentials. It changes nothing.
      \(CommandPermissions.help("fleet status"))

      EXAMPLE: bedquota fleet status --fleet redis://cache.internal:6379 --output json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var scopes: FleetScopes

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all scopes)", valueName: "id"))
  var ids: [String] = []

  func validate() throws { _ = try global.ids(ids) }

  func run() async throws { try global.show(FleetStatusView(try await scopes.readings(ids, global))) }
}
