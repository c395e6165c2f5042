import Bedquota
import Testing

@testable import Gateway

/// A file of accounts, which is read as `accounts` of a gateway's configuration is.
struct AccountsFileTests {
  private static let role = "arn:aws:iam::222222222222:role/bedrock"
  private static let list = "- {regions: [us-east-1]}\n- {name: lab, role: '\(role)', regions: [us-west-2]}\n"

  @Test func aListAndAConfigurationAreTheSame() throws {
    let accounts = try AccountsFile.read(yaml: Self.list, file: "a.yaml")
    #expect(accounts.map(\.name) == ["own", "lab"] && accounts[1].role?.roleARN == Self.role)
    let indented = Self.list.split(separator: "\n").map { "  \($0)\n" }.joined()
    #expect(try AccountsFile.read(yaml: "accounts:\n\(indented)listen: nonsense\n", file: "g.yaml") == accounts)
  }

  @Test(
    arguments: [
      ("", "names no account"), ("[]", "names no account"), ("- {role: x}", "the ARN of an IAM role"), ("text", "must be a list"),
      ("- {}\n- {}", "a name of its own"), ("- [", "not valid YAML"),
    ])
  func problemsHaveWords(yaml: String, words: String) throws {
    let problems = try #require(throws: ConfigurationProblems.self) { try AccountsFile.read(yaml: yaml, file: "a.yaml") }
    #expect(problems.lines[0].hasPrefix("a.yaml:") && problems.lines.contains { $0.contains(words) })
  }
}
