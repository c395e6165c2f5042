import ArgumentParser
import Bedquota
import Reports

struct AlarmsDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Remove the alarms that Bedquota has made, and no others.",
    discussion: """
      Without an id: all of them in the Region. Shows them and asks first, unless --yes is given. An alarm is Bedquota's if its name \
      begins with bedquota/ and its description ends with the words that Bedquota puts there.
      \(CommandPermissions.help("alarms delete"))

      EXAMPLE: bedquota alarms delete us.amazon.nova-pro-v1:0
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all alarms of Bedquota)", valueName: "id"))
  var ids: [String] = []

  @Flag(help: "Don't ask for confirmation.")
  var yes = false

  func validate() throws { _ = try global.ids(ids) }

  func run() async throws {
    let ids = try global.ids(ids)
    try await global.changingAlarms(yes) { account in
      guard !ids.isEmpty else { return try await account.session.alarms.removalOfAll() }
      return try await account.session.alarms.removal(of: ids, context: try await account.context(for: ids))
    }
  }
}
