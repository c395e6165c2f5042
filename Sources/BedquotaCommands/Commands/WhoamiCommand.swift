import ArgumentParser
import Bedquota
import Reports

struct WhoamiCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Show which credentials, account, Region and endpoint are used, and why.",
    discussion: """
      Lists every place that was asked for credentials, in the order of the AWS CLI. Only the last four characters of the access \
      key are shown. When the credentials can't be had, --verbose shows how far the search came, with this command and with any other.

      IAM actions: none; AWS allows sts:GetCallerIdentity to everybody.

      EXAMPLE: bedquota whoami --profile production
      """)

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let identity = try await global.withSession { session in try await session.identity() }
    try global.show(IdentityView(identity, giver: global.emulator ? "the emulator" : "the command line"))
  }
}
