import AWSWire
import Testing

@testable import BedquotaCommands

struct CommandPermissionsTests {
  @Test func everyRowIsACommandAndHasEachActionOnce() throws {
    let tree = try CommandTree.of(BedquotaCommand.self)
    for row in CommandPermissions.table {
      #expect(tree.command(in: row.command.split(separator: " ").map(String.init)) != nil, "\(row.command)")
      #expect(Set(row.all).count == row.all.count, "\(row.command)")
    }
    #expect(Set(CommandPermissions.table.map(\.command)).count == CommandPermissions.table.count)
  }

  @Test func theHelpNamesActionsAndConditions() {
    #expect(
      CommandPermissions.help("models")
        == "IAM actions: servicequotas:ListServiceQuotas, servicequotas:ListAWSDefaultServiceQuotas, bedrock:ListFoundationModels, bedrock:ListInferenceProfiles."
    )
    #expect(CommandPermissions.help("list").contains("; with --model bedrock:ListFoundationModels, "))
  }

  @Test func theMessageOfADeniedCallNamesTheTable() {
    #expect(IAMAction.name(of: "Converse", of: .bedrockRuntime) == IAMAction.invoke.name)
    #expect(IAMAction.name(of: "ConverseStream", of: .bedrockRuntime) == IAMAction.invokeStream.name)
    #expect(IAMAction.name(of: "InvokeModel", of: .bedrockRuntime) == IAMAction.invoke.name)
    #expect(IAMAction.name(of: "PutMetricAlarm", of: .cloudWatch) == IAMAction.putAlarm.name)
    #expect(Set(IAMAction.all.map(\.name)).count == IAMAction.all.count)
  }

  @Test func mantleHasAnActionOfItsOwn() {
    for operation in ["ChatCompletions", "Responses (stream)", "Messages"] {
      #expect(IAMAction.name(of: operation, of: .bedrockMantle) == "bedrock-mantle:CreateInference")
    }
    let policy = IAMPolicy([.createInference], region: "us-east-1")
    #expect(policy.statements.map(\.resources) == [["arn:aws:bedrock-mantle:us-east-1:*:project/default"]])
  }

  @Test func aPolicyGroupsByResourcesAndIsNarrow() {
    let policy = IAMPolicy([.putAlarm, .listMetrics, .invoke, .getCallerIdentity], region: "cn-north-1")
    #expect(
      policy.statements.map(\.actions) == [["cloudwatch:ListMetrics"], ["bedrock:InvokeModel"], ["cloudwatch:PutMetricAlarm"]])
    #expect(policy.statements[0].resources == ["*"])
    #expect(policy.statements[1].resources[0] == "arn:aws-cn:bedrock:*::foundation-model/*")
    #expect(policy.statements[2].resources == ["arn:aws-cn:cloudwatch:cn-north-1:*:alarm:bedquota/*"])
  }
}
