import ArgumentParser
import Bedquota
import Foundation
import Reports

struct IncreaseRequestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Send a request to increase a quota, after a plan and a question.",
    discussion: """
      The plan goes to stderr, the request as AWS filed it to stdout. It is sent once: if the answer is lost, look with bedquota \
      increase status whether AWS has it.
      \(CommandPermissions.help("increase request"))

      EXAMPLE: bedquota increase request us.anthropic.claude-opus-4-7 --value 4000000
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Increase") var increase: IncreaseOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN.", valueName: "id"))
  var id: String

  @Flag(help: "Don't ask for confirmation.")
  var yes = false

  func validate() throws { _ = try global.id(id) }

  func run() async throws {
    let id = try global.id(id)
    try await global.withSession { session in
      let plan = try await global.reading(in: session) { account in try await account.increasePlan(for: id, increase) }
      let text = IncreasePlanView(plan, command: nil).text(
        usesColor: false, width: TerminalWidth.of(STDERR_FILENO))
      // Whoever is asked must see what about.
      if yes { global.console.note(lines: text) } else { Console.printErrors(text) }
      // A plan that can't be sent fails below, without a question.
      if plan.isSendable {
        let isConfirmed = try global.confirms(
          yes, "This asks AWS for a larger quota", seeing: "look at the plan only, with bedquota increase plan")
        guard isConfirmed else { return }
      }
      let record = try await Interruption.ending(
        saying: { "AWS may have received the request: look with bedquota increase status before you repeat it." }
      ) { try await session.increases.request(plan) }
      try global.show(
        IncreaseHistoryView([record], values: plan.quota.value.map { [plan.quota.code: $0] } ?? [:]))
    }
  }
}
