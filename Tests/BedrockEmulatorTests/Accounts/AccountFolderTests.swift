import AWSWire
import BedrockEmulator
import Foundation
import Testing

struct AccountFolderTests {
  private let files = [
    "list-service-quotas.json":
      #"{"Quotas": [{"QuotaCode": "L-1", "QuotaArn": "arn:aws:servicequotas:eu-west-1:111122223333:bedrock/L-1"}]}"#,
    "list-aws-default-service-quotas.json": #"{"Quotas": [{"QuotaCode": "L-1", "Value": 1}]}"#,
    "list-foundation-models.json": #"{"modelSummaries": []}"#,
    "list-inference-profiles.json": #"{"inferenceProfileSummaries": []}"#,
  ]

  private func folder(_ changes: [String: String?] = [:], in parent: URL? = nil, named name: String = UUID().uuidString) throws
    -> URL
  {
    let folder = (parent ?? FileManager.default.temporaryDirectory).appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (file, text) in files.merging(changes.compactMapValues { $0 }, uniquingKeysWith: { $1 }) where changes[file] != .some(nil)
    {
      try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
    }
    return folder
  }

  @Test func accountAndRegionComeFromTheArnsOrFromTheirOwnFile() throws {
    let fromARNs = try AccountFolder.load(folder())
    #expect(fromARNs.map(\.accountID) == ["111122223333"] && fromARNs.map(\.region) == ["eu-west-1"])
    let told = try AccountFolder.load(folder(["account.json": #"{"accountId": "444455556666", "region": "us-west-2"}"#]))
    #expect(told[0].accountID == "444455556666" && told[0].region == "us-west-2")
  }

  @Test func provisionedThroughputsMayBeThere() throws {
    #expect(try AccountFolder.load(folder())[0].provisioned == [])
    let text = #"{"provisionedModelSummaries": [{"provisionedModelName": "x", "provisionedModelArn": "arn", "modelUnits": 2}]}"#
    let there = try AccountFolder.load(folder(["list-provisioned-model-throughputs.json": text]))
    #expect(there[0].provisioned.map(\.modelUnits) == [2])
  }

  @Test func foldersInItAreFurtherRegions() throws {
    let main = try folder(["account.json": #"{"accountId": "444455556666", "region": "us-east-1"}"#])
    _ = try folder(["list-service-quotas.json": #"{"Quotas": []}"#], in: main, named: "us-west-2")
    try FileManager.default.createDirectory(at: main.appending(path: "notes"), withIntermediateDirectories: true)
    let accounts = try AccountFolder.load(main)
    #expect(
      accounts.map(\.region) == ["us-east-1", "us-west-2"] && accounts.map(\.accountID) == ["444455556666", "444455556666"])
  }

  @Test(
    arguments: [
      ("list-service-quotas.json", nil, "is missing"), ("list-foundation-models.json", "", "line 1: not valid JSON"),
      ("list-service-quotas.json", "{\n \"Quotas\": [\n  {\"QuotaCode\": \"L-1\"}\n  {}\n ]\n}", "line 4: not valid JSON"),
      ("list-service-quotas.json", "{\n \"Quotas\": [\n  {\"QuotaCode\": \"L-1\"},\n ]\n}", "line 4: not valid JSON"),
      ("list-service-quotas.json", "{\n \"Quotas\": [\n  {\"QuotaCode\": \"L-1},\n  {} ]\n}", "line 3: not valid JSON"),
      (
        "list-service-quotas.json", "{\n \"Quotas\": [\n  {\"QuotaCode\": \"L-1\"},\n  {\"QuotaName\":\n \"x\"}\n ]\n}",
        "line 4: \"QuotaCode\" is missing"
      ),
      (
        "list-service-quotas.json", "{\n \"Quotas\": [\n  {\"QuotaCode\": \"L-1\",\n   \"Value\": \"many\"}\n ]\n}",
        "line 4: \"Value\" is not a number"
      ),
      ("list-service-quotas.json", "{\"Quotas\": {}}", "line 1: \"Quotas\" is not a list"),
      ("list-service-quotas.json", "[]", "line 1:"),
      (
        "list-service-quotas.json", "{\"Quotas\": [{\"QuotaCode\": \"L-1\"}, {\"QuotaCode\": \"L-1\"}]}",
        "L-1 is in the list twice"
      ),
      ("account.json", "{\n\n \"accountId\": 5}", "line 3: \"accountId\" is not a text"),
      ("account.json", "{\"region\": \"Mars\"}", "us-east-1"), ("account.json", "{\"accountId\": \"abc\"}", "12 digits"),
      ("list-service-quotas.json", "{\"Quotas\": [], \"NextToken\": \"x\"}", "NextToken"),
      ("list-provisioned-model-throughputs.json", "{\"provisionedModelSummaries\": [], \"nextToken\": \"x\"}", "NextToken"),
      (
        "list-provisioned-model-throughputs.json", "{\"provisionedModelSummaries\": [\n{\"provisionedModelName\": \"x\"}]}",
        "line 2: \"provisionedModelArn\" is missing"
      ),
    ] as [(String, String?, String)])
  func whatIsWrongIsNamed(file: String, text: String?, words: String) throws {
    let folder = try folder([file: text])
    let error = try #require(throws: EmulatorError.self) { try AccountFolder.load(folder) }
    #expect(error.message.contains(folder.appending(path: file).path) && error.message.contains(words), "\(error.message)")
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let error = try #require(throws: EmulatorError.self) { try AccountFolder.load(URL(filePath: "/nowhere/at/all")) }
    #expect(error.message.contains("/nowhere/at/all"))
  }
}
