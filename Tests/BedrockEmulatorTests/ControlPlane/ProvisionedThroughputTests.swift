import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// Provisioned Throughputs as the account folder has them: filters, order, pages, and what names one.
struct ProvisionedThroughputTests {
  private static let model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0:300k"

  private func service(_ change: (inout [ProvisionedModelSummary]) -> Void = { _ in }) throws -> BedrockService {
    func row(_ name: String, _ id: String, _ status: String, _ created: String, _ model: String) -> ProvisionedModelSummary {
      var row = ProvisionedModelSummary(
        provisionedModelName: name, provisionedModelArn: "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/\(id)")
      row.status = status
      row.creationTime = created
      row.modelArn = model
      return row
    }
    let custom = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-pro-v1:0:300k/p7d2h8r4s1uj"
    var rows = [
      row("steady", "aaaaaaaaaaaa", "InService", "2026-03-01T00:00:00+00:00", Self.model),
      row("tuned", "bbbbbbbbbbbb", "Creating", "2026-05-01T02:00:00.250000+02:00", custom),
      row("broken", "cccccccccccc", "Failed", "2026-04-01T00:00:00Z", Self.model),
    ]
    change(&rows)
    let account = EmulatedAccount(
      accountID: "111122223333", region: "us-east-1", applied: [], defaults: [], models: [], profiles: [], provisioned: rows)
    return try BedrockService(account, tokens: PageToken())
  }

  /// The status and the body, or the message of the error.
  private func get(_ service: BedrockService, _ target: String) throws -> (status: Int, body: JSONValue) {
    do {
      let response = try service.respond(to: ServerRequest(method: "GET", target: target, headers: [], body: Data()))
      return (response.status, try JSONValue(response.body))
    } catch let fault as AWSFault {
      return (fault.status ?? 400, .string(fault.message))
    }
  }

  private func names(_ body: JSONValue) -> String {
    (body["provisionedModelSummaries"]?.array ?? []).map { $0["provisionedModelName"]?.string ?? "?" }.joined(separator: " ")
  }

  @Test(arguments: [
    ("", "steady tuned broken"), ("sortOrder=Ascending", "steady broken tuned"), ("sortOrder=Descending", "tuned broken steady"),
    ("sortBy=CreationTime", "tuned broken steady"), ("statusEquals=InService", "steady"), ("statusEquals=Updating", ""),
    ("nameContains=e", "steady tuned broken"), ("nameContains=tea", "steady"), ("modelArnEquals=\(model)", "steady broken"),
    ("creationTimeAfter=2026-04-01T00:00:00Z", "tuned"), ("creationTimeAfter=2026-03-31T23:59:59Z", "tuned broken"),
    ("creationTimeBefore=2026-04-01T00%3A00%3A00Z", "steady"),
    ("creationTimeAfter=2026-03-15T00:00:00Z&creationTimeBefore=2026-04-15T00:00:00Z&statusEquals=Failed", "broken"),
  ])
  func filtersAndOrder(query: String, expected: String) throws {
    let reply = try get(service(), "/provisioned-model-throughputs?\(query)")
    #expect(reply.status == 200 && names(reply.body) == expected, "\(reply.body)")
  }

  @Test(arguments: [
    "statusEquals=Ready", "sortBy=Name", "sortOrder=Up", "maxResults=0", "maxResults=1001", "maxResults=x", "nextToken=AAAA",
    "nameContains=", "nameContains=\(String(repeating: "a", count: 64))", "creationTimeAfter=yesterday", "creationTimeBefore=",
    "creationTimeAfter=\(String(repeating: "2", count: 5_000))",
  ])
  func badInput(query: String) throws {
    let reply = try get(service(), "/provisioned-model-throughputs?\(query)")
    #expect(reply.status == 400 && reply.body.string?.contains("validation error") == true, "\(reply.body)")
  }

  @Test func pagesAndTheirTokens() throws {
    let service = try service()
    let first = try get(service, "/provisioned-model-throughputs?maxResults=2&sortOrder=Ascending")
    #expect(names(first.body) == "steady broken")
    let token = try #require(first.body["nextToken"]?.string).addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let second = try get(service, "/provisioned-model-throughputs?maxResults=2&sortOrder=Ascending&nextToken=\(token)")
    #expect(names(second.body) == "tuned" && second.body["nextToken"] == nil)
    #expect(try get(service, "/provisioned-model-throughputs?nextToken=\(token)").status == 400)
  }

  @Test(arguments: [
    "cccccccccccc", "broken", "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/cccccccccccc",
    "arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aprovisioned-model%2Fcccccccccccc",
  ])
  func oneByIdNameOrARN(reference: String) throws {
    let reply = try get(service(), "/provisioned-model-throughput/\(reference)")
    #expect(reply.status == 200 && reply.body["provisionedModelName"] == "broken")
    #expect(reply.body["failureMessage"]?.string?.isEmpty == false && reply.body["modelArn"]?.string == Self.model)
  }

  @Test(arguments: ["nobody", "ccc", "provisioned-model", "cccccccccccc/x", "%ff"])
  func whatIsNoneIsNotFound(reference: String) throws {
    let reply = try get(service(), "/provisioned-model-throughput/\(reference)")
    #expect(reply.status == 404)
  }

  @Test func onlyAFailedOneSaysWhy() throws {
    #expect(try get(service(), "/provisioned-model-throughput/steady").body["failureMessage"] == nil)
    #expect(try get(service { $0 = [] }, "/provisioned-model-throughputs").body == ["provisionedModelSummaries": []])
  }

  @Test func theSampleAccountHasTwo() throws {
    let account = try SampleAccount.load()
    #expect(account.provisioned.map(\.status) == ["InService", "Creating"])
    #expect(account.provisioned.map(\.commitmentDuration) == ["OneMonth", nil])
    let models = Set(account.models.map(\.modelArn))
    #expect(account.provisioned.allSatisfy { models.contains($0.foundationModelArn ?? "") })
    #expect(account.provisioned.allSatisfy { $0.provisionedModelArn.contains(":\(account.accountID):provisioned-model/") })
  }
}
