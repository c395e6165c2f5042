import ArgumentParser
import Bedquota
import Reports

struct AlarmsPlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show which alarms would be made, changed and removed. Changes nothing.",
    discussion: """
      With --format, the alarms are written as a CloudFormation template or as Terraform instead, with the same values; the alarms \
      of the account are not read then.
      \(CommandPermissions.help("alarms plan"))

      EXAMPLE: bedquota alarms plan us.amazon.nova-pro-v1:0 --format terraform > alarms.tf
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Alarms") var alarms: AlarmOptions

  @Argument(
    help: ArgumentHelp(
      "Model ids, inference profile ids or ARNs. (default: all with traffic in the last two weeks)", valueName: "id"))
  var ids: [String] = []

  @Option(help: ArgumentHelp("Write code instead: cloudformation or terraform.", valueName: "name"))
  var format: AlarmCode?

  func validate() throws {
    _ = try global.ids(ids)
    if format != nil, global.output != .table {
      throw ValidationError("--format writes code, which has no other form; leave out --output.")
    }
  }

  func run() async throws {
    let ids = try global.ids(ids)
    let plan = try await global.reading { account in
      try await account.alarmPlan(for: ids, alarms, comparing: format == nil)
    }
    let view = AlarmPlanView(plan)
    if let format {
      for line in view.leftOut { global.console.note("bedquota: \(line)") }
      // A template without resources is none.
      guard !plan.kept.isEmpty else {
        try plan.requireAlarms()
        throw BedquotaError(
          .quotaUnknown, "There is no alarm to write, because no model had traffic in the last two weeks; name ids.")
      }
      global.console.print(try format.text(of: plan))
    } else {
      try global.show(view)
    }
    try plan.requireAlarms()
  }
}

extension AlarmCode: ExpressibleByArgument {}
