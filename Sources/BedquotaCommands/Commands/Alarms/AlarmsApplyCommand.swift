import ArgumentParser
import Bedquota
import Reports
import Synchronization

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
    try await global.changingAlarms(yes, seeing: "look at the plan only, with bedquota alarms plan") { account in
      try await account.alarmPlan(for: ids, alarms)
    }
  }
}

extension GlobalOptions {
  /// Shows a plan, asks, and applies it.
  /// - Parameter seeing: how to see the plan only; nil if there is no such way.
  /// - Throws: after that, ``BedquotaError`` (`quota-unknown`) if an id gets no alarm.
  func changingAlarms(
    _ yes: Bool, seeing: String? = nil, plan: @escaping @Sendable (AccountReader) async throws -> AlarmPlan
  ) async throws {
    try await withSession { session in
      let plan = try await reading(in: session, plan)
      try show(AlarmPlanView(plan))
      let changes = plan.changes.count
      guard changes > 0 else {
        console.note("Nothing to change.")
        return try plan.requireAlarms()
      }
      let verb = plan.count(.removed) == changes ? "remove" : "change"
      guard
        try confirms(
          yes, "This \(verb)s \(changes) alarm\(changes == 1 ? "" : "s") of the account", seeing: seeing,
          refusal: "Nothing was changed.")
      else { return }
      try await apply(plan, in: session)
      console.note("\(changes) alarm\(changes == 1 ? " was" : "s were") \(verb)d.")
      try plan.requireAlarms()
    }
  }

  private func apply(_ plan: AlarmPlan, in session: BedquotaSession) async throws {
    let changed = Mutex(0)
    try await ProgressLine.with(console, "Changing alarms …") { progress in
      try await Interruption.ending(
        saying: {
          let done = changed.withLock { $0 }
          return "Interrupted after \(done) of \(plan.changes.count) changes; run the command again to make the rest."
        }
      ) {
        try await session.alarms.apply(plan) { done, all in
          changed.withLock { $0 = done }
          progress.update("Changing alarms: \(done) of \(all) …")
        }
      }
    }
  }
}
