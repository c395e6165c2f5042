import AWSWire
import ArgumentParser
import Reports

struct IAMPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iam-policy",
    abstract: "Print the least IAM policy that commands need, as JSON.",
    discussion: """
      Without a command: what reading needs, which is every command but those that invoke models or change the account. It \
      calls nothing.
      Actions that AWS can't narrow have the resource *. Models are allowed in every Region, because inference profiles lead there. \
      Who assumes a role, with --role-arn, --accounts or accounts of a gateway, also needs sts:AssumeRole on it.

      EXAMPLE: bedquota iam-policy check alarms plan
               bedquota iam-policy run --region eu-central-1
      """)

  @Argument(
    help: ArgumentHelp("Commands, such as usage or alarms apply. (default: all that only read)", valueName: "command"))
  var commands: [String] = []

  @Option(
    help: ArgumentHelp("Allow no other Region, where an action can be narrowed. (default: every Region)", valueName: "name"))
  var region: String?

  func validate() throws {
    // A policy without a statement is none.
    if Set(try CommandPermissions.rows(named: commands).flatMap(\.all)).subtracting([.getCallerIdentity]).isEmpty {
      throw ValidationError("\(commands.joined(separator: " ").shortened()) needs no permission in AWS.")
    }
    let isName = region.map { name in !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
    if isName == false { throw ValidationError("--region takes the name of a Region, such as us-east-1.") }
  }

  func run() throws {
    let policy = IAMPolicy(try CommandPermissions.rows(named: commands).flatMap(\.all), region: region)
    Console.write(try JSONOutput.encode(policy) + "\n", to: 1)
  }
}
