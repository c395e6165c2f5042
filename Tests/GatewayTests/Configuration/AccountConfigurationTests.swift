import AWSWire
import Bedquota
import Testing

@testable import Gateway

/// `accounts`, and the names under `models` that lead to them.
@Suite struct AccountConfigurationTests {
  private static let role = "arn:aws:iam::222222222222:role/bedrock"

  private static func read(_ yaml: String) throws(ConfigurationProblems) -> GatewayConfiguration {
    try GatewayConfiguration(yaml: yaml, file: "g.yaml", secrets: SecretSource(environment: [:]))
  }

  private static func problems(_ yaml: String) -> [String] {
    do throws(ConfigurationProblems) {
      _ = try read(yaml)
      return []
    } catch {
      return error.lines
    }
  }

  @Test func theDesignsAccountsAreRead() throws {
    let configuration = try Self.read(
      """
      accounts:
        - {regions: [us-east-1, us-west-2]}
        - {role: "\(Self.role)", regions: [us-east-1], session_name: "{key}", external_id: "a:b", duration: 2h}
        - {name: lab, role: "arn:aws:iam::333333333333:role/team/x"}
      models:
        opus: us.anthropic.claude-opus-4-8
        haiku: [us.anthropic.claude-haiku-4-5]
        nova: {id: us.amazon.nova-pro-v1:0, account: "222222222222", region: us-east-1}
        lite: [{id: amazon.nova-lite-v1:0, region: us-west-2}]
      """)
    let accounts = configuration.accounts
    #expect(accounts.map(\.name) == ["own", "222222222222", "lab"])
    #expect(accounts.map(\.regions) == [["us-east-1", "us-west-2"], ["us-east-1"], []])
    #expect(accounts[0].role == nil && accounts[2].sessionName == nil)
    #expect(accounts[1].role?.externalID == "a:b" && accounts[1].role?.durationSeconds == 7_200)
    #expect(accounts[1].role?.roleARN == Self.role && accounts[1].sessionName?.template == "{key}")
    #expect(
      configuration.models == [
        "opus": [NamedRoute(id: "us.anthropic.claude-opus-4-8")],
        "haiku": [NamedRoute(id: "us.anthropic.claude-haiku-4-5", isListEntry: true)],
        "nova": [NamedRoute(id: "us.amazon.nova-pro-v1:0", account: "222222222222", region: "us-east-1")],
        "lite": [NamedRoute(id: "amazon.nova-lite-v1:0", region: "us-west-2", isListEntry: true)],
      ])
    #expect(configuration.summary.contains("4 model names, 3 accounts, listening"))
  }

  /// Each file, and how each of its problems begins.
  private static let wrong: [(String, [String])] = [
    ("accounts: {a: b}", ["accounts must be a list"]),
    ("accounts: [{regions: [us-east-1.evil.com]}]", ["accounts[0].regions must be the name of a Region"]),
    ("accounts: [{regions: []}]", ["accounts[0].regions is an empty list"]),
    ("accounts: [{name: \"a b\"}]", ["accounts[0].name must be letters, digits"]),
    ("accounts: [{role: bedrock}]", ["accounts[0].role must be the ARN of an IAM role"]),
    ("accounts: [{role: \"arn:aws:iam::2:role/a\"}]", ["accounts[0].role must be the ARN of an IAM role"]),
    (
      "accounts: [{session_name: x}]",
      ["accounts[0].session_name must be 2 to 64", "accounts[0].session_name is for the session of a role"]
    ),
    ("accounts: [{duration: 1h}]", ["accounts[0].duration is for the session of a role"]),
    ("accounts: [{role: \"\(role)\", duration: 5m}]", ["accounts[0].duration must be a time from 15m to 12h, not '5m'"]),
    ("accounts: [{role: \"\(role)\", external_id: \"a b\"}]", ["accounts[0].external_id must be 2 to 1224 letters"]),
    (
      "accounts: [{}, {}]",
      [
        "accounts[1] is the second account that is called own",
        "accounts[1] is the AWS account of another entry, and both serve every Region",
      ]
    ),
    (
      "accounts: [{role: \"\(role)\", regions: [us-west-2, us-east-1]}, {name: b, role: \"\(role)2\", regions: [us-east-1]}]",
      ["accounts[1] is the AWS account of another entry, and both serve us-east-1"]
    ),
    ("models:\n  opus: [a.b, c.d, a.b]", ["models.opus leads twice to a.b of the account own; name each once"]),
    (
      "accounts: [{regions: [us-east-1, us-west-2]}]\nmodels: {opus: [a.b, {id: a.b, region: us-west-2}]}",
      ["models.opus leads twice to a.b in us-west-2 of the account own"]
    ),
    (
      "models: {opus: [\((0..<65).map { "a.b\($0)" }.joined(separator: ", "))]}",
      ["models.opus leads to 65 candidates, and a name has at most 64"]
    ),
    ("models: {opus: []}", ["models.opus is an empty list"]),
    ("models: {opus: us.*}", ["models.opus must be a model id, an inference profile id or an ARN, without wildcards"]),
    ("models: {opus: {account: own}}", ["models.opus needs id"]),
    ("models: {opus: {id: us.*}}", ["models.opus.id must be a model id"]),
    ("models: {opus: {id: a.b, account: x}}", ["models.opus names the account 'x', and accounts has own"]),
    ("models: {opus: {id: a.b, region: nowhere}}", ["models.opus.region must be the name of a Region"]),
    (
      "accounts: [{regions: [us-east-1]}]\nmodels: {opus: {id: a.b, region: us-west-2}}",
      ["models.opus is in the Region us-west-2, and own serves us-east-1"]
    ),
    (
      "accounts: [{regions: [us-east-1, us-east-2]}, {name: b, role: \"\(role)\", regions: [us-east-1]}]\nmodels: {opus: {id: a.b, region: us-west-2}}",
      ["models.opus is in the Region us-west-2, and own serves us-east-1, us-east-2; b serves us-east-1"]
    ),
  ]

  @Test(arguments: wrong)
  func everyProblemIsNamed(yaml: String, expected: [String]) {
    let problems = Self.problems(yaml)
    #expect(problems.count == expected.count, "\(problems)")
    for (problem, start) in zip(problems, expected) {
      #expect(problem.drop { $0 != " " }.dropFirst().hasPrefix(start), "\(problem)")
    }
  }

  /// Lists of ids, over Regions and accounts.
  @Test func listsAreRead() throws {
    let models = try Self.read(
      """
      accounts:
        - {regions: [us-east-1, us-west-2]}
        - {name: lab, role: "\(Self.role)", regions: [us-east-1]}
      models:
        opus: [us.anthropic.claude-opus-4-8, global.anthropic.claude-opus-4-8]
        nova: [{id: us.amazon.nova-pro-v1:0, account: own}, {id: us.amazon.nova-pro-v1:0, account: lab}]
      """
    ).models
    #expect(models["opus"]?.map(\.id) == ["us.anthropic.claude-opus-4-8", "global.anthropic.claude-opus-4-8"])
    #expect(models["nova"]?.map(\.account) == ["own", "lab"] && models["nova"]?.allSatisfy(\.isListEntry) == true)
  }

  /// One account in two entries is right as long as no Region is in both.
  @Test func oneAccountMayHaveSeveralRoles() throws {
    let yaml = """
      accounts:
        - {name: east, role: "\(Self.role)", regions: [us-east-1]}
        - {name: west, role: "\(Self.role)-west", regions: [us-west-2]}
        - {}
      """
    #expect(try Self.read(yaml).accounts.map(\.name) == ["east", "west", "own"])
  }

  /// Accounts change at a restart only, so no reload may name one that isn't there.
  @Test func aReloadNamesNoNewAccount() throws {
    let started = try Self.read("accounts: [{regions: [us-east-1]}]")
    var new = try Self.read("accounts: [{}, {name: lab, role: \"\(Self.role)\"}]")
    #expect(new.refusal(after: started, started: started) == nil)
    #expect(new.changes(from: started) == ["accounts has changed, which takes effect when the gateway starts again."])
    #expect(new.keepingStart(of: started).accounts == started.accounts)
    new.models = ["nova": [NamedRoute(id: "a.b", account: "lab")]]
    #expect(new.refusal(after: started, started: started)?.hasPrefix("models.nova names the account 'lab'") == true)
    new.models = ["nova": [NamedRoute(id: "a.b", region: "us-west-2")]]
    #expect(
      new.refusal(after: started, started: started)
        == "models.nova is in the Region us-west-2, and own serves us-east-1 as long as the gateway runs; a change of accounts needs a restart"
    )
    new.models = ["nova": [NamedRoute(id: "a.b", account: "own", region: "us-east-1")]]
    #expect(new.refusal(after: started, started: started) == nil)
  }

  /// A list that fits the accounts of its file may be too long for those with which the gateway runs.
  @Test func aReloadLeadsToNoMoreCandidatesThanARouterTakes() throws {
    let started = try Self.read("accounts: [{regions: [us-east-1, us-west-2]}]")
    let ids = (0..<33).map { "a.b\($0)" }
    let new = try Self.read("accounts: [{regions: [us-east-1]}]\nmodels: {nova: [\(ids.joined(separator: ", "))]}")
    #expect(new.refusal(after: started, started: new) == nil)
    #expect(new.refusal(after: started, started: started)?.hasPrefix("models.nova leads to 66 candidates, and") == true)
  }
}
