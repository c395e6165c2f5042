import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// The emulator without a network. Real clients judge the wire; here are the cases that they can't make.
struct EmulatorTests {
  let now = Date(timeIntervalSince1970: 1_790_000_000)

  private func emulator(_ access: Emulator.Access = .credentials(["AK": "secret"])) throws -> Emulator {
    let now = now
    return try Emulator(accounts: [try SampleAccount.load()], access: access, now: { now })
  }

  private func request(
    _ method: String = "POST", _ target: String = "/", headers: [(name: String, value: String)] = [], body: String = "",
    service: String = "servicequotas", region: String = "us-east-1", skew: TimeInterval = 0, secret: String = "secret"
  ) -> ServerRequest {
    let all = [(name: "host", value: "127.0.0.1")] + headers
    let signer = SigV4(credentials: Credentials(accessKeyID: "AK", secretAccessKey: secret), region: region, service: service)
    let signed = signer.sign(
      method: method, target: target, headers: all, body: Data(body.utf8), date: now.addingTimeInterval(skew))
    return ServerRequest(method: method, target: target, headers: all + signed.headers, body: Data(body.utf8))
  }

  private func list(_ body: String, region: String = "us-east-1", skew: TimeInterval = 0) -> ServerRequest {
    request(
      headers: [("x-amz-target", "ServiceQuotasV20190624.ListServiceQuotas"), ("content-type", "application/x-amz-json-1.1")],
      body: body, region: region, skew: skew)
  }

  private func code(_ response: ServerResponse) -> String {
    response.headers.first { $0.name == "x-amzn-ErrorType" }.map { String($0.value.prefix { $0 != ":" }) } ?? ""
  }

  /// Five minutes either way for JSON and REST, to the second.
  @Test(arguments: [(-300.0, 200), (-301, 400), (300, 200), (301, 400)])
  func theClockMayBeOffByFiveMinutes(skew: TimeInterval, status: Int) async throws {
    #expect(try await emulator().respond(to: list(#"{"ServiceCode":"bedrock"}"#, skew: skew)).status == status)
  }

  /// Fifteen for STS.
  @Test(arguments: [(-900.0, 200), (-901, 403), (901, 403)])
  func stsIsMorePatient(skew: TimeInterval, status: Int) async throws {
    let body = "Action=GetCallerIdentity&Version=2011-06-15"
    let request = request(
      headers: [("content-type", "application/x-www-form-urlencoded")], body: body, service: "sts", skew: skew)
    let response = try await emulator().respond(to: request)
    #expect(response.status == status)
    #expect(
      String(decoding: response.body, as: UTF8.self).contains(
        status == 200 ? "<Account>111122223333</Account>" : "<Code>SignatureDoesNotMatch</Code>"))
  }

  @Test func aSignatureCoversEverythingThatItNames() async throws {
    let good = list(#"{"ServiceCode":"bedrock"}"#)
    func changed(_ change: (inout ServerRequest) -> Void) async throws -> String {
      var request = good
      change(&request)
      return code(try await emulator().respond(to: request))
    }
    #expect(try await changed { _ in } == "")
    #expect(try await changed { $0.body.append(32) } == "InvalidSignatureException")
    #expect(try await changed { $0.target = "/?a=b" } == "InvalidSignatureException")
    #expect(try await changed { $0.method = "PUT" } == "InvalidSignatureException")
    #expect(try await changed { $0.headers[0].value = "localhost" } == "InvalidSignatureException")
    #expect(try await changed { $0.headers.removeAll { $0.name == "host" } } == "InvalidSignatureException")
    #expect(try await changed { $0.headers.removeAll { $0.name == "authorization" } } == "MissingAuthenticationTokenException")
    #expect(try await changed { $0.headers.removeAll { $0.name == "x-amz-date" } } == "IncompleteSignatureException")
    #expect(code(try await emulator(.credentials(["other": "secret"])).respond(to: good)) == "UnrecognizedClientException")
    #expect(code(try await emulator(.credentials(["AK": "Secret"])).respond(to: good)) == "InvalidSignatureException")
    #expect(
      try await emulator(.anyone).respond(
        to: ServerRequest(method: "GET", target: "/foundation-models", headers: [], body: Data())
      )
      .status == 200)
  }

  @Test func aKeySignedForAnotherServiceIsRefused() async throws {
    let response = try await emulator().respond(to: request("GET", "/foundation-models", service: "servicequotas"))
    #expect(code(response) == "InvalidSignatureException" && String(decoding: response.body, as: UTF8.self).contains("'bedrock'"))
  }

  @Test func aRegionWithoutBedrockIsAnsweredAsAWSDoes() async throws {
    #expect(
      code(try await emulator().respond(to: list(#"{"ServiceCode":"bedrock"}"#, region: "eu-west-9")))
        == "NoSuchResourceException")
    #expect(
      try await emulator().respond(to: request("GET", "/foundation-models", service: "bedrock", region: "eu-west-9")).status
        == 403)
  }

  @Test(arguments: [
    ("", "SerializationException"), ("[]", "SerializationException"), ("{}", "IllegalArgumentException"),
    (#"{"ServiceCode":5}"#, "SerializationException"),
    (#"{"ServiceCode":"vpc"}"#, "NoSuchResourceException"),
    (#"{"ServiceCode":"bedrock","MaxResults":0}"#, "IllegalArgumentException"),
    (#"{"ServiceCode":"bedrock","MaxResults":101}"#, "IllegalArgumentException"),
    (#"{"ServiceCode":"bedrock","NextToken":"AAAA"}"#, "InvalidPaginationTokenException"),
    (#"{"ServiceCode":"bedrock","NextToken":""}"#, "InvalidPaginationTokenException"),
    (#"{"ServiceCode":"bedrock","QuotaAppliedAtLevel":"X"}"#, "IllegalArgumentException"),
  ])
  func badInput(body: String, expected: String) async throws {
    #expect(code(try await emulator().respond(to: list(body))) == expected)
  }

  @Test func aTokenBelongsToItsListing() async throws {
    let emulator = try emulator()
    let first = try await JSONDecoder().decode(
      ServiceQuotaPage.self, from: emulator.respond(to: list(#"{"ServiceCode":"bedrock","MaxResults":5}"#)).body)
    let token = try #require(first.nextToken)
    let body = #"{"ServiceCode":"bedrock","NextToken":"\#(token)"}"#
    #expect(await emulator.respond(to: list(body)).status == 200)
    let other = request(headers: [("x-amz-target", "ServiceQuotasV20190624.ListAWSDefaultServiceQuotas")], body: body)
    #expect(code(await emulator.respond(to: other)) == "InvalidPaginationTokenException")
  }

  @Test func whatIsNoOperationIsSaid() async throws {
    let unknown = request(headers: [("x-amz-target", "ServiceQuotasV20190624.Nonsense")], body: "{}")
    #expect(code(try await emulator().respond(to: unknown)) == "UnknownOperationException")
    let path = try await emulator().respond(to: request("GET", "/nonsense", service: "bedrock"))
    #expect(path.status == 404 && code(path) == "UnknownOperationException")
    let wrongMethod = try await emulator().respond(to: request("DELETE", "/foundation-models", service: "bedrock"))
    #expect(wrongMethod.status == 404)
  }
}
