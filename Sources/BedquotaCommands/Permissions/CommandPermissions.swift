import AWSWire

/// The IAM actions of a command: the source of its help, and of `iam-policy`.
struct CommandPermissions: Sendable {
  /// Actions that are called only sometimes.
  struct Condition: Sendable {
    /// When, as it stands before the actions: `with --hours`.
    var when: String
    var actions: [IAMAction]
  }

  /// The words that name the command: `alarms plan`.
  var command: String
  /// The actions that every use of the command needs.
  var actions: [IAMAction]
  var conditions: [Condition] = []

  /// Everything that the command may call, without what needs no permission.
  var all: [IAMAction] { actions + conditions.flatMap(\.actions) }

  private static let quotas = [IAMAction.listQuotas, .listDefaultQuotas]
  private static let catalog = [IAMAction.listModels, .listProfiles]
  private static let resolve = quotas + catalog
  private static let usage = resolve + [.listMetrics, .getMetricData]
  private static let application = Condition(when: "for application profiles that no list holds", actions: [.getProfile])

  private static let increases = Condition(when: "to count open requests for increases", actions: [.listIncreases])

  /// A command that asks a fleet's store.
  private static func fleet(_ name: String) -> CommandPermissions {
    CommandPermissions(
      command: "fleet \(name)", actions: [],
      conditions: [.init(when: "with an id", actions: resolve), application])
  }

  /// The commands that call AWS.
  static let table = [
    CommandPermissions(
      command: "list", actions: quotas, conditions: [.init(when: "with --model", actions: catalog), application]),
    CommandPermissions(command: "resolve", actions: resolve, conditions: [application]),
    CommandPermissions(command: "models", actions: resolve),
    CommandPermissions(
      command: "routes", actions: resolve + [.listProvisioned, .getAvailability],
      conditions: [.init(when: "without --no-usage", actions: [.listMetrics, .getMetricData]), application]),
    CommandPermissions(
      command: "capacity", actions: resolve + [.listProvisioned],
      conditions: [.init(when: "with --hours", actions: [.listMetrics, .getMetricData]), application]),
    CommandPermissions(command: "usage", actions: usage, conditions: [application]),
    CommandPermissions(command: "dashboard", actions: usage, conditions: [application]),
    CommandPermissions(command: "check", actions: usage, conditions: [application]),
    CommandPermissions(command: "exporter", actions: usage, conditions: [increases, application]),
    CommandPermissions(command: "serve", actions: usage, conditions: [increases, application]),
    CommandPermissions(
      command: "top", actions: [], conditions: [.init(when: "without --gateway", actions: usage), increases, application]),
    CommandPermissions(
      command: "alarms plan", actions: resolve + [.listMetrics],
      conditions: [.init(when: "without --format", actions: [.describeAlarms]), application]),
    CommandPermissions(
      command: "alarms apply", actions: resolve + [.listMetrics, .describeAlarms],
      conditions: [
        .init(when: "for new and changed alarms", actions: [.putAlarm]),
        .init(when: "for those of quotas that are gone", actions: [.deleteAlarms]), application,
      ]),
    CommandPermissions(
      command: "alarms delete", actions: [.describeAlarms, .deleteAlarms],
      conditions: [.init(when: "with an id", actions: resolve), application]),
    CommandPermissions(command: "increase plan", actions: usage + [.listIncreases], conditions: [application]),
    CommandPermissions(
      command: "increase request", actions: usage + [.listIncreases, .requestIncrease], conditions: [application]),
    CommandPermissions(
      command: "increase status", actions: quotas,
      conditions: [
        .init(when: "without an id", actions: [.listIncreases]),
        .init(when: "with one", actions: catalog + [.listIncreasesOfQuota]), application,
      ]),
    CommandPermissions(command: "probe", actions: resolve + [.invoke], conditions: [application]),
    CommandPermissions(
      command: "invoke", actions: resolve + [.invokeStream],
      conditions: [
        .init(
          when: "without the permission for streams, for models that have none, or with Chat Completions", actions: [.invoke]),
        .init(when: "on bedrock-mantle, instead of those for models,", actions: [.createInference]),
        .init(when: "with --count-tokens", actions: [.countTokens]),
        .init(when: "to read a quota again that changes meanwhile", actions: [.getQuota]), application,
      ]),
    CommandPermissions(
      command: "run", actions: resolve + [.invokeStream],
      conditions: [
        .init(
          when: "without the permission for streams, for models that have none, or with Chat Completions", actions: [.invoke]),
        .init(when: "to see what others use", actions: [.listMetrics, .getMetricData]),
        .init(when: "on bedrock-mantle, instead of those for models,", actions: [.createInference]),
        .init(when: "with --count-tokens", actions: [.countTokens]),
        .init(when: "to read a quota again that changes meanwhile", actions: [.getQuota]), application,
      ]),
    CommandPermissions(
      command: "gateway", actions: resolve + [.invoke, .invokeStream],
      conditions: [
        .init(when: "to see what others use", actions: [.listMetrics, .getMetricData]),
        .init(when: "on bedrock-mantle, instead of those for models,", actions: [.createInference]),
        .init(when: "for clients that count tokens", actions: [.countTokens]),
        .init(when: "for clients that apply guardrails", actions: [.applyGuardrail]),
        .init(when: "to read a quota again that changes meanwhile", actions: [.getQuota]), application,
      ]),
    fleet("status"), fleet("check"), fleet("limit"), fleet("reset"), fleet("forget"),
    CommandPermissions(
      command: "doctor", actions: [],
      conditions: [
        .init(
          when: "to try them, those of the commands that are named, such as",
          actions: usage + [.listProvisioned, .listIncreases, .listIncreasesOfQuota, .getQuota, .describeAlarms]),
        .init(
          when: "with --model, for commands that need them,",
          actions: [.getProfile, .getAvailability, .invoke, .invokeStream, .countTokens]),
      ]),
    CommandPermissions(
      command: "facts", actions: [], conditions: [.init(when: "with --check", actions: catalog), application]),
    CommandPermissions(
      command: "record", actions: resolve, conditions: [.init(when: "where it is allowed", actions: [.listProvisioned])]),
  ]

  /// The row of a command; nil for one that doesn't call AWS.
  static func of(_ command: String) -> CommandPermissions? { table.first { $0.command == command } }

  /// The paragraph of a command's help.
  static func help(_ command: String) -> String {
    guard let row = of(command) else { preconditionFailure("\(command) has no row in the table of permissions") }
    func list(_ actions: [IAMAction]) -> String { actions.map(\.name).joined(separator: ", ") }
    let conditions = row.conditions.map { "; \($0.when) \(list($0.actions))" }.joined()
    return "IAM actions: \(row.actions.isEmpty ? "none" : list(row.actions))\(conditions)."
  }
}
