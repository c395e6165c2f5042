import ArgumentParser
import Bedquota
import FleetStore

struct FleetResetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset",
    abstract: "Delete what the store knows of a scope, which its members then tell it again.",
    discussion: """
      For a damaged record, or for meters that are others than before. Members that run say again what they owe and which levels they \
      saw last, so nothing is sent beyond the quotas; if none runs, the scope begins with all of its quota free. It asks first, unless \
      --yes is given.
      \(CommandPermissions.help("fleet reset"))

      EXAMPLE: bedquota fleet reset us.amazon.nova-pro-v1:0 --fleet redis://cache.internal:6379
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var address: FleetAddress

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN.", valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp("A scope as fleet status shows it, instead of an id.", valueName: "name"))
  var scope: String?

  @Flag(help: "Don't ask for confirmation.")
  var yes = false

  func validate() throws {
    try address.require()
    try FleetScopes.requireOne(id, scope, global)
  }

  func run() async throws {
    let (fleet, id, name) = (try address.makeFleet(), try id.map { try global.id($0) }, scope)
    try await global.withSession { session in
      let control = FleetControl(fleet, in: session)
      let scope = try await FleetScopes.scope(of: id, name, control, in: session, global)
      global.console.note("Deletes what the store knows of \(scope.name).")
      guard try global.confirms(yes) else { return }
      guard try await control.reset(scope) else {
        throw BedquotaError(.fleet, "The fleet's store has never heard of \(scope.name); there was nothing to delete.")
      }
      global.console.note("Deleted. Members that run tell it again within seconds.")
    }
  }
}
