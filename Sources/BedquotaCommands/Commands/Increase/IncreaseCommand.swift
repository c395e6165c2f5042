import ArgumentParser
import Bedquota
import Reports

struct IncreaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "increase",
    abstract: "Quota increases: plan with evidence, request, status.",
    discussion: """
      AWS decides by what an account uses. The plan has what AWS asks for: steady and peak tokens and requests per minute, sizes of \
      requests, throttles. It proposes a value, says what can't be requested, and which other way there is.

      EXAMPLE: bedquota increase plan us.anthropic.claude-opus-4-7 --factor 2
               bedquota increase request us.anthropic.claude-opus-4-7 --factor 2
               bedquota increase status
      """,
    subcommands: [IncreasePlanCommand.self, IncreaseRequestCommand.self, IncreaseStatusCommand.self])

  /// The command of the AWS CLI that sends a plan; nil if AWS would not take it, or if the plan is for an emulator that is gone by then.
  static func awsCommand(_ plan: IncreasePlan, _ global: GlobalOptions) -> String? {
    guard plan.isSendable, !global.emulator, let value = plan.desiredValue else { return nil }
    var words = [
      "aws", "service-quotas", "request-service-quota-increase", "--service-code", "bedrock", "--quota-code", plan.quota.code,
      "--desired-value", Figures.plain(value), "--region", plan.region,
    ]
    if let profile = global.profile { words += ["--profile", profile] }
    if let url = global.endpointURL { words += ["--endpoint-url", url] }
    return words.map(quoted).joined(separator: " ")
  }

  /// A word as a shell reads it.
  private static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:/".contains($0)) }
    return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }
}
