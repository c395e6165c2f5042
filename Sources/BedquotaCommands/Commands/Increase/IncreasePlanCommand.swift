import ArgumentParser
import Bedquota
import Reports

struct IncreasePlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what to ask for, with the evidence that AWS wants. Sends nothing.",
    discussion: """
      --output markdown prints the text of a support case, for quotas that Service Quotas can't raise.
      \(CommandPermissions.help("increase plan"))

      EXAMPLE: bedquota increase plan us.amazon.nova-pro-v1:0 --output markdown > case.md
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Increase") var increase: IncreaseOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN.", valueName: "id"))
  var id: String

  func validate() throws { _ = try global.id(id) }

  func run() async throws {
    let id = try global.id(id)
    let plan = try await global.reading { account in try await account.increasePlan(for: id, increase) }
    let view = IncreasePlanView(plan, command: IncreaseCommand.awsCommand(plan, global))
    if global.output == .markdown { return global.console.print(view.supportCase) }
    try global.show(view)
  }
}
