import ArgumentParser
import Bedquota
import FleetStore

struct FleetForgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Let a member that is gone for good count as gone at once.",
    discussion: """
      A member that was killed is forgotten by itself after ten minutes, and what it owed stays spent. One that is alive comes back with \
      its next sync.
      \(CommandPermissions.help("fleet forget"))

      EXAMPLE: bedquota fleet forget 9f86d081884c7d65 us.amazon.nova-pro-v1:0 --fleet redis://cache.internal:6379
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var address: FleetAddress

  @Argument(help: ArgumentHelp("The member, as fleet status shows it.", valueName: "member"))
  var member: String

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN.", valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp("A scope as fleet status shows it, instead of an id.", valueName: "name"))
  var scope: String?

  func validate() throws {
    try address.require()
    try FleetScopes.requireOne(id, scope, global)
  }

  func run() async throws {
    let (fleet, id, name) = (try address.makeFleet(), try id.map { try global.id($0) }, scope)
    try await global.withSession { session in
      let control = FleetControl(fleet, in: session)
      let scope = try await FleetScopes.scope(of: id, name, control, in: session, global)
      guard try await control.forget(member, of: scope) else {
        throw BedquotaError(.fleet, "\(scope.name) has no member \(member.prefix(200)); bedquota fleet status lists them.")
      }
      global.console.note("The member counts as gone.")
    }
  }
}
