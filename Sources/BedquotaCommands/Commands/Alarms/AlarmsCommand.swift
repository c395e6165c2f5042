import ArgumentParser
import Bedquota
import BedrockQuotas

struct AlarmsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alarms",
    abstract: "CloudWatch alarms on the use of quotas: plan, apply, delete.",
    discussion: """
      For each model an alarm on its demand, on its quota tokens per minute and per day against the quotas, and on throttled \
      requests. The arithmetic is that of bedquota usage. Apply again after a quota has changed: the thresholds follow.
      What max_tokens reserves is not in CloudWatch, so no alarm sees it.

      EXAMPLE: bedquota alarms plan us.anthropic.claude-opus-4-7 --at 70
               bedquota alarms apply us.anthropic.claude-opus-4-7 --at 70 --sns-topic arn:aws:sns:us-east-1:123456789012:alarms
      """,
    subcommands: [AlarmsPlanCommand.self, AlarmsApplyCommand.self, AlarmsDeleteCommand.self])
}

extension AccountReader {
  /// The alarms that should be, compared with those that are.
  /// - Parameter ids: none means every model with traffic in the last two weeks.
  func alarmPlan(for ids: [InvokedID], _ options: AlarmOptions, comparing: Bool = true) async throws -> AlarmPlan {
    let settings = try options.settings(region: region)
    let context = try await context(for: ids, needsQuotas: true)
    progress?.update("Reading alarms in \(region) …")
    return try await session.alarms.plan(
      for: ids.isEmpty ? nil : ids, settings: settings, context: context, facts: facts, comparing: comparing)
  }
}
