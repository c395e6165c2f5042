import ArgumentParser
import Bedquota
import Reports

struct AlarmsApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the alarms that are missing, change those that differ, and remove those of quotas that are gone.",
    discussion: """
      Prints the plan and asks first, unless --yes is given. Applied twice, it changes nothing the second time. Alarms that Bedquota \
      has not made are never touched.
      \(CommandPermissions.help("alarms apply"))

      EXAMPLE: bedquota alarms apply --sns-topic arn:aws:sns:us-east-1:123456789012:alarms
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Alarms") var alarms: AlarmOptions

  @Argument(
    help: ArgumentHelp(
      "Model ids, inference profile ids or ARNs. (default: all with traffic in the last two weeks)", valueName: "id"))
  var ids: [String] = []

  @Flag(help: "Don't ask for confirmation.")
  var yes = false

  func validate() throws { _ = try global.ids(ids) }

  func run() async throws {
    let ids = try global.ids(ids)
    try await global.changingAlarms(yes) { account in try await account.alarmPlan(for: ids, alarms) }
  }
}

extension GlobalOptions {
  /// Shows a plan, asks, and applies it.
  func changingAlarms(_ yes: Bool, plan: @escaping @Sendable (AccountReader) async throws -> AlarmPlan) async throws {
    try await withSession { session in
      let plan = try await reading(in: session, plan)
      try show(AlarmPlanView(plan))
      let changes = plan.changes.count
      guard changes > 0 else { return console.note("Nothing to change.") }
      guard
        try confirms(
          yes, "This changes \(changes) alarm\(changes == 1 ? "" : "s") of the account",
          seeing: "look at the plan only, with bedquota alarms plan",
          refusal: "Nothing was changed.")
      else { return }
      try await ProgressLine.with(console, "Changing alarms …") { progress in
        try await session.alarms.apply(plan) { done, all in progress.update("Changing alarms: \(done) of \(all) …") }
      }
      console.note("\(changes) alarm\(changes == 1 ? " was" : "s were") changed.")
    }
  }
}
