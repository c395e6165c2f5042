import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Synchronization
import Testing

/// Quotas that change while the emulator runs, and the requests that ask for it. boto3 judges the shapes.
struct QuotaIncreaseTests {
  /// Service Quotas in two Regions of an account, with a clock that the test holds.
  private struct Account {
    let increases = QuotaIncreaseRequests()
    let book: QuotaBook
    let clock = Clock()
    private let services: [String: ServiceQuotasService]

    init() throws {
      let fixed = Self.quota("L-4", 5, isAdjustable: false)
      var main = EmulatedAccount(
        accountID: "111122223333", region: "us-east-1", applied: [Self.quota("L-1", 10), fixed],
        defaults: [Self.quota("L-0", 1), Self.quota("L-1", 20), Self.quota("L-2", 30), fixed], models: [], profiles: [])
      main.defaults += (100..<130).map { Self.quota("L-\($0)", 1) }
      book = try QuotaBook(main)
      var other = main
      other.region = "us-west-2"
      let tokens = PageToken()
      var optIn = main
      optIn.region = "me-central-1"
      var services: [String: ServiceQuotasService] = [:]
      for (account, book) in [(main, book), (other, try QuotaBook(other)), (optIn, try QuotaBook(optIn))] {
        services[account.region] = ServiceQuotasService(
          book, increases: increases, tokens: tokens, accountID: account.accountID, region: account.region)
      }
      self.services = services
    }

    static func quota(_ code: String, _ value: Double, isAdjustable: Bool = true) -> ServiceQuota {
      var quota = ServiceQuota(quotaCode: code)
      quota.value = value
      quota.adjustable = isAdjustable
      quota.quotaArn = "arn:aws:servicequotas:us-east-1::bedrock/\(code)"
      return quota
    }

    func call(_ operation: String, _ input: JSONValue, region: String = "us-east-1") throws -> Reply {
      try call(operation, body: input.data, region: region)
    }

    func call(_ operation: String, body: Data, region: String = "us-east-1") throws -> Reply {
      let request = ServerRequest(
        method: "POST", target: "/", headers: [("x-amz-target", "ServiceQuotasV20190624.\(operation)")], body: body)
      let service = try #require(services[region])
      do {
        let response = try service.respond(to: request, now: clock.now)
        return Reply(status: response.status, body: try JSONValue(response.body))
      } catch let fault as AWSFault {
        return Reply(status: fault.status ?? 400, code: fault.code, message: fault.message)
      }
    }

    func request(_ code: String, _ value: Double, caseAllowed: Bool? = nil, region: String = "us-east-1") throws -> Reply {
      var members: [JSONValue.Member] = [
        .init("ServiceCode", "bedrock"), .init("QuotaCode", .string(code)), .init("DesiredValue", .number(value)),
      ]
      if let caseAllowed { members.append(.init("SupportCaseAllowed", .bool(caseAllowed))) }
      return try call("RequestServiceQuotaIncrease", .object(members), region: region)
    }

    func history(_ input: JSONValue = [:], region: String = "us-east-1") throws -> [String] {
      let reply = try call("ListRequestedServiceQuotaChangeHistory", input, region: region)
      return (reply.body["RequestedQuotas"]?.array ?? []).compactMap { $0["QuotaCode"]?.string }
    }

  }

  private final class Clock: Sendable {
    private let start = Date(timeIntervalSince1970: 1_790_000_000)
    private let passed = Mutex(0.0)
    var now: Date { start.addingTimeInterval(passed.withLock { $0 }) }
    func advance(by seconds: Double) { passed.withLock { $0 += seconds } }
  }

  private final class Told: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private struct Reply {
    var status: Int
    var body = JSONValue.null
    /// Empty where the call succeeded.
    var code = ""
    var message = ""
    var request: JSONValue { body["RequestedQuota"] ?? .null }
    var id: String { request["Id"]?.string ?? "" }
  }

  @Test func aRequestSaysWhatAWSSays() throws {
    let account = try Account()
    let reply = try account.request("L-1", 25)
    #expect(reply.status == 200 && reply.id.count == 40)
    #expect(reply.request["Status"] == "PENDING" && reply.request["DesiredValue"]?.double == 25)
    #expect(reply.request["Created"]?.double == 1_790_000_000 && reply.request["LastUpdated"]?.double == 1_790_000_000)
    #expect(reply.request["QuotaArn"] == "arn:aws:servicequotas:us-east-1:111122223333:bedrock/L-1")
    let requester = try JSONValue(Data((reply.request["Requester"]?.string ?? "").utf8))
    #expect(requester["accountId"] == "111122223333" && requester["callerArn"] == "arn:aws:iam::111122223333:user/emulator")
    let again = try account.call("GetRequestedServiceQuotaChange", ["RequestId": .string(reply.id)])
    #expect(again.request == reply.request)
    let elsewhere = try account.call("GetRequestedServiceQuotaChange", ["RequestId": .string(reply.id)], region: "us-west-2")
    #expect(elsewhere.code == "NoSuchResourceException")
  }

  /// Source: github.com/cloud-custodian/cloud-custodian/pull/8939.
  private static let tooLow = "You must provide a quota value greater than the current quota value."

  @Test(
    arguments: [
      ("{}", "IllegalArgumentException", "ServiceCode"),
      (#"{"ServiceCode":"bedrock"}"#, "IllegalArgumentException", "QuotaCode"),
      (#"{"ServiceCode":"vpc","QuotaCode":"L-1","DesiredValue":25}"#, "NoSuchResourceException", "service"),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-9","DesiredValue":25}"#, "NoSuchResourceException", "quota"),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1"}"#, "IllegalArgumentException", "DesiredValue"),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":-1}"#, "IllegalArgumentException", "between"),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":1e11}"#, "IllegalArgumentException", "between"),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":1e999}"#, "SerializationException", ""),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":"NaN"}"#, "SerializationException", ""),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":9.5}"#, "IllegalArgumentException", tooLow),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":10}"#, "IllegalArgumentException", tooLow),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":19}"#, "IllegalArgumentException", "default value 20"),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":20}"#, "", ""),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-2","DesiredValue":30}"#, "IllegalArgumentException", tooLow),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-2","DesiredValue":30.5}"#, "", ""),
      (#"{"ServiceCode":"bedrock","QuotaCode":"L-4","DesiredValue":6}"#, "IllegalArgumentException", "not adjustable"),
      (
        #"{"ServiceCode":"bedrock","QuotaCode":"L-1","DesiredValue":25,"ContextId":"x"}"#, "IllegalArgumentException", "ContextId"
      ),
    ])
  func whatCanBeAskedFor(body: String, code: String, words: String) throws {
    let reply = try Account().call("RequestServiceQuotaIncrease", body: Data(body.utf8))
    #expect(reply.code == code && (words.isEmpty || reply.message.contains(words)), "\(reply)")
  }

  @Test func oneOpenRequestPerQuotaAndTwentyPerAccount() throws {
    let account = try Account()
    let first = try account.request("L-1", 25)
    let second = try account.request("L-1", 30)
    #expect(second.code == "ResourceAlreadyExistsException")
    #expect(second.message == "Only one open service quota increase request is allowed per quota.")
    // The same quota of another Region is another quota, but counts.
    #expect(try account.request("L-1", 25, region: "us-west-2").status == 200)
    for code in 100..<118 { #expect(try account.request("L-\(code)", 2).status == 200) }
    #expect(try account.request("L-118", 2).code == "QuotaExceededException")
    #expect(try account.request("L-118", 2, region: "us-west-2").code == "QuotaExceededException")
    #expect(account.increases.decide(requestID: first.id, status: "DENIED", now: account.clock.now))
    #expect(try account.request("L-118", 2).status == 200)
  }

  @Test func withoutASupportCaseNothingComesOfIt() throws {
    let account = try Account()
    let reply = try account.request("L-1", 25, caseAllowed: false)
    #expect(reply.status == 200 && reply.request["Status"] == "NOT_APPROVED")
    #expect(try account.request("L-1", 25, caseAllowed: true).request["Status"] == "PENDING")
  }

  /// What each decision leaves: whether it is taken, and the applied value.
  @Test(
    arguments: [
      ("APPROVED", true, 25), ("DENIED", true, 10), ("CASE_OPENED", true, 10), ("CASE_CLOSED", true, 10),
      ("INVALID_REQUEST", true, 10), ("PENDING", false, 10), ("approved", false, 10), ("", false, 10),
    ] as [(String, Bool, Double)])
  func decisions(status: String, isTaken: Bool, value: Double) throws {
    let account = try Account()
    let id = try account.request("L-1", 25).id
    account.clock.advance(by: 60)
    #expect(account.increases.decide(requestID: id, status: status, now: account.clock.now) == isTaken)
    #expect(account.book.value(of: "L-1") == value)
    let request = try account.call("GetRequestedServiceQuotaChange", ["RequestId": .string(id)]).request
    #expect(request["Status"]?.string == (isTaken ? status : "PENDING"))
    #expect(request["LastUpdated"]?.double == (isTaken ? 1_790_000_060 : 1_790_000_000))
    // Closed is closed; an open case goes on.
    let isOpen = !isTaken || status == "CASE_OPENED"
    #expect(account.increases.decide(requestID: id, status: "APPROVED", now: account.clock.now) == isOpen)
    #expect(!account.increases.decide(requestID: "nobody", status: "APPROVED", now: account.clock.now))
  }

  @Test func theHistoryIsNewestFirstAndNinetyDaysLong() throws {
    let account = try Account()
    for code in ["L-0", "L-1", "L-2"] {
      _ = try account.request(code, 40)
      account.clock.advance(by: 86_400)
    }
    _ = try account.request("L-1", 40, region: "us-west-2")
    #expect(try account.history() == ["L-2", "L-1", "L-0"])
    #expect(try account.history(["ServiceCode": "bedrock", "Status": "PENDING"]) == ["L-2", "L-1", "L-0"])
    #expect(try account.history(["Status": "APPROVED"]) == [])
    #expect(try account.history(["QuotaRequestedAtLevel": "ALL"]).count == 3)
    #expect(try account.history(["QuotaRequestedAtLevel": "RESOURCE"]) == [])
    #expect(try account.history(region: "us-west-2") == ["L-1"])
    account.clock.advance(by: 87 * 86_400)
    #expect(try account.history() == ["L-2", "L-1", "L-0"])
    account.clock.advance(by: 1)
    #expect(try account.history() == ["L-2", "L-1"])
    let byQuota = try account.call(
      "ListRequestedServiceQuotaChangeHistoryByQuota", ["ServiceCode": "bedrock", "QuotaCode": "L-0"])
    #expect(byQuota.body["RequestedQuotas"]?.array?.count == 1)
  }

  @Test func aPageStaysWhereItIsWhenARequestComesIn() throws {
    let account = try Account()
    for code in ["L-0", "L-1"] { _ = try account.request(code, 40) }
    let first = try account.call("ListRequestedServiceQuotaChangeHistory", ["MaxResults": 1])
    #expect(first.body["RequestedQuotas"]?.array?.map { $0["QuotaCode"]?.string } == ["L-1"])
    _ = try account.request("L-2", 40)
    let token = try #require(first.body["NextToken"])
    #expect(try account.history(["MaxResults": 1, "NextToken": token]) == ["L-0"])
    let other = try account.call("ListRequestedServiceQuotaChangeHistory", ["Status": "PENDING", "NextToken": token])
    #expect(other.code == "InvalidPaginationTokenException")
  }

  @Test(
    arguments: [
      ("ListRequestedServiceQuotaChangeHistory", ["Status": "OPEN"], "IllegalArgumentException"),
      ("ListRequestedServiceQuotaChangeHistory", ["MaxResults": 0], "IllegalArgumentException"),
      ("ListRequestedServiceQuotaChangeHistory", ["MaxResults": 101], "IllegalArgumentException"),
      ("ListRequestedServiceQuotaChangeHistory", ["QuotaRequestedAtLevel": "X"], "IllegalArgumentException"),
      ("ListRequestedServiceQuotaChangeHistory", ["ServiceCode": "vpc"], "NoSuchResourceException"),
      ("ListRequestedServiceQuotaChangeHistoryByQuota", ["ServiceCode": "bedrock"], "IllegalArgumentException"),
      (
        "ListRequestedServiceQuotaChangeHistoryByQuota", ["ServiceCode": "bedrock", "QuotaCode": "L-9"], "NoSuchResourceException"
      ),
      ("GetRequestedServiceQuotaChange", [:], "IllegalArgumentException"),
      ("GetRequestedServiceQuotaChange", ["RequestId": "nobody"], "NoSuchResourceException"),
      ("GetAWSDefaultServiceQuota", ["ServiceCode": "bedrock"], "IllegalArgumentException"),
      ("GetAWSDefaultServiceQuota", ["ServiceCode": "bedrock", "QuotaCode": "L-9"], "NoSuchResourceException"),
    ] as [(String, JSONValue, String)])
  func badInput(operation: String, input: JSONValue, code: String) throws {
    #expect(try Account().call(operation, input).code == code)
  }

  @Test func aChangedQuotaKeepsTheOrderOfTheDefaults() throws {
    let account = try Account()
    let told = Told()
    let book = account.book
    book.onChange { code, value in told.add("\(code)=\(value.map { "\(Int($0))" } ?? "nil")") }
    #expect(book.setValue(33, of: "L-2") && book.setValue(2, of: "L-0") && book.setValue(11, of: "L-1"))
    #expect(!book.setValue(1, of: "L-9") && !book.setValue(.nan, of: "L-1") && !book.setValue(-1, of: "L-1"))
    #expect(told.all == ["L-2=33", "L-0=2", "L-1=11"])
    #expect(try listed(account) == ["L-0=2", "L-1=11", "L-2=33", "L-4=5"])
    let applied = try account.call("GetServiceQuota", ["ServiceCode": "bedrock", "QuotaCode": "L-2"]).body["Quota"]
    #expect(applied?["Value"]?.double == 33 && applied?["QuotaAppliedAtLevel"] == "ACCOUNT")
    #expect(applied?["QuotaArn"] == "arn:aws:servicequotas:us-east-1:111122223333:bedrock/L-2")
    let standard = try account.call("GetAWSDefaultServiceQuota", ["ServiceCode": "bedrock", "QuotaCode": "L-2"]).body["Quota"]
    #expect(standard?["Value"]?.double == 30)
    book.reset()
    #expect(told.all.dropFirst(3) == ["L-0=1", "L-1=10", "L-2=30"])
    #expect(try listed(account) == ["L-1=10", "L-4=5"])
  }

  @Test func requestsAreForgottenByRegion() throws {
    let account = try Account()
    _ = try account.request("L-1", 25)
    _ = try account.request("L-1", 25, region: "us-west-2")
    account.increases.reset(region: "us-east-1")
    #expect(try account.history() == [] && account.history(region: "us-west-2") == ["L-1"])
    #expect(try account.request("L-1", 25).status == 200)
  }

  private func listed(_ account: Account) throws -> [String] {
    let reply = try account.call("ListServiceQuotas", ["ServiceCode": "bedrock"])
    return (reply.body["Quotas"]?.array ?? []).map { quota in
      "\(quota["QuotaCode"]?.string ?? "?")=\(Int(quota["Value"]?.double ?? -1))"
    }
  }

  @Test func twoRequestsMayBeOpenInARegionThatMustBeEnabled() throws {
    let account = try Account()
    for code in ["L-1", "L-2"] { #expect(try account.request(code, 100, region: "me-central-1").status == 200) }
    #expect(try account.request("L-0", 100, region: "me-central-1").code == "QuotaExceededException")
    #expect(try account.request("L-0", 100).status == 200)
  }
}
