import AWSClient
import AWSWire
import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing

/// One call through the whole client, against a script in place of the network and without waiting.
struct AWSClientTests {
  private final class Naps: Sendable {
    let taken = Mutex<[Duration]>([])
  }

  private func client(_ transport: ScriptedTransport, naps: Naps = Naps(), quota: RetryQuota = RetryQuota()) throws -> AWSClient {
    AWSClient(
      configuration: try TestEmulator.configuration(url: "http://127.0.0.1:1/base"), transport: transport, retryQuota: quota,
      now: { Date(timeIntervalSince1970: 1_440_938_160) }, uptime: { .seconds(5) },
      sleep: { duration in naps.taken.withLock { $0.append(duration) } },
      jitter: { 1 })
  }

  private func list(_ client: AWSClient) async throws -> ServiceQuotaPage {
    try await client.call(ServiceQuotasAPI.listServiceQuotas(serviceCode: "bedrock", nextToken: nil))
  }

  private let empty = ScriptedTransport.Step.reply(status: 200, body: #"{"Quotas":[]}"#)

  @Test func theRequestIsWhatAWSExpects() async throws {
    let transport = ScriptedTransport([empty])
    _ = try await list(client(transport))
    let request = transport.requests[0]
    #expect(request.head.method == .post && request.head.path == "/base/" && request.head.authority == "127.0.0.1:1")
    #expect(request.head.headerFields[HTTPField.Name("x-amz-target")!] == "ServiceQuotasV20190624.ListServiceQuotas")
    #expect(request.head.headerFields[.contentType] == "application/x-amz-json-1.1")
    #expect(request.head.headerFields[HTTPField.Name("x-amz-date")!] == "20150830T123600Z")
    let authorization = request.head.headerFields[.authorization] ?? ""
    #expect(authorization.contains("Credential=emulator/20150830/us-east-1/servicequotas/aws4_request"))
    #expect(authorization.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-target"))
    struct Body: Decodable, Equatable {
      var ServiceCode: String
      var MaxResults: Int
    }
    #expect(try JSONDecoder().decode(Body.self, from: request.body) == Body(ServiceCode: "bedrock", MaxResults: 100))
  }

  @Test func throttlingIsRetriedAsTheServerAsks() async throws {
    let naps = Naps()
    let quota = RetryQuota()
    let transport = ScriptedTransport([
      .reply(status: 429, headers: ["x-amz-retry-after": "4000"], body: #"{"__type":"TooManyRequestsException"}"#),
      .reply(status: 500, body: "oops"), empty,
    ])
    _ = try await list(client(transport, naps: naps, quota: quota))
    #expect(naps.taken.withLock { $0 } == [.seconds(4), .seconds(0.1)])
    // 500 − 5 − 14, and the price of the last retry back.
    #expect(quota.remaining == 495)
  }

  @Test func threeAttemptsAndNoMore() async throws {
    let transport = ScriptedTransport(Array(repeating: .reply(status: 503, body: "<html>no</html>"), count: 9))
    let error = try await #require(throws: AWSClientError.self) { _ = try await list(client(transport)) }
    #expect(transport.requests.count == 3)
    #expect(error.service?.status == 503 && error.service?.code == "Unknown")
    #expect(error.service.map { String(decoding: $0.body, as: UTF8.self) } == "<html>no</html>")
    #expect(error.message.hasPrefix("After 3 attempts: "))
  }

  @Test func anEmptyRetryQuotaEndsRetries() async throws {
    let quota = RetryQuota()
    while quota.take(for: .throttling) != nil {}
    let transport = ScriptedTransport([.reply(status: 500, body: ""), empty])
    await #expect(throws: AWSClientError.self) { _ = try await list(client(transport, quota: quota)) }
    #expect(transport.requests.count == 1)
  }

  @Test func aBrokenConnectionIsRetried() async throws {
    let transport = ScriptedTransport([
      .failure(AWSClientError(.transport, "broke")), .failure(AWSClientError(.timeout, "late")), empty,
    ])
    _ = try await list(client(transport))
    #expect(transport.requests.count == 3)
  }

  @Test(arguments: [
    ("x-amzn-errortype", "AccessDeniedException:http://internal.amazon.com/coral/com.amazon.bedrock/", #"{"message":"no"}"#),
    ("x-none", "", #"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#),
    ("x-none", "", #"{"code":"AccessDeniedException","message":"no"}"#),
    ("x-none", "", #"{"__type":"AccessDeniedException","message":"no","extra":{"a":[1]}}"#),
  ])
  func aDeniedActionIsNamed(header: String, value: String, body: String) async throws {
    let transport = ScriptedTransport([.reply(status: 400, headers: [header: value, "x-amzn-requestid": "r-1"], body: body)])
    let error = try await #require(throws: AWSClientError.self) { _ = try await list(client(transport)) }
    #expect(error.message.contains("servicequotas:ListServiceQuotas"))
    #expect(error.service?.code == "AccessDeniedException" && error.service?.message == "no" && error.service?.requestID == "r-1")
    #expect(error.shortDescription == "AccessDeniedException")
    #expect(transport.requests.count == 1)
  }

  private let ahead = ScriptedTransport.Step.reply(
    status: 400, headers: ["date": "Sun, 30 Aug 2015 11:36:00 GMT"],
    body: #"{"__type":"InvalidSignatureException","message":"Signature not yet current"}"#)

  @Test func aClockThatIsOffIsNamed() async throws {
    let transport = ScriptedTransport([ahead, ahead])
    let error = try await #require(throws: AWSClientError.self) { _ = try await list(client(transport)) }
    #expect(error.message.contains("60 minutes ahead"))
    #expect(transport.requests.count == 2)
  }

  /// A server that contradicts itself doesn't move the clock further and further.
  @Test func aCorrectionThatDoesNotHelpIsForgotten() async throws {
    let transport = ScriptedTransport([ahead, ahead, empty])
    let client = try client(transport)
    await #expect(throws: AWSClientError.self) { _ = try await list(client) }
    _ = try await list(client)
    #expect(times(transport) == ["20150830T123600Z", "20150830T113600Z", "20150830T123600Z"])
  }

  private func times(_ transport: ScriptedTransport) -> [String] {
    transport.requests.compactMap { $0.head.headerFields[HTTPField.Name("x-amz-date")!] }
  }

  /// The second signature has AWS's time, and so have all later ones, also those of clients made from this one.
  @Test func aClockThatIsOffIsCorrected() async throws {
    let (naps, quota) = (Naps(), RetryQuota())
    let transport = ScriptedTransport([ahead, empty, empty, empty])
    let client = try client(transport, naps: naps, quota: quota)
    _ = try await list(client)
    _ = try await list(client.with(region: "eu-west-1"))
    _ = try await list(client.with(transport: transport))
    #expect(times(transport) == ["20150830T123600Z"] + Array(repeating: "20150830T113600Z", count: 3))
    // It is no failure of the service, so nobody waits and no retry is paid for.
    #expect(naps.taken.withLock { $0.isEmpty } && quota.remaining == RetryQuota.capacity)
  }

  /// Someone sets the clock right while the process runs.
  @Test func aCorrectionIsCorrected() async throws {
    let behind = ScriptedTransport.Step.reply(
      status: 403,
      body:
        #"{"__type":"SignatureDoesNotMatch","message":"Signature expired: 20150830T113600Z is now earlier than 20150830T123100Z (20150830T123600Z - 5 min.)"}"#
    )
    let transport = ScriptedTransport([ahead, empty, behind, empty])
    let client = try client(transport)
    _ = try await list(client)
    _ = try await list(client)
    #expect(times(transport) == ["20150830T123600Z", "20150830T113600Z", "20150830T113600Z", "20150830T123600Z"])
  }

  @Test func aRequestToAModelIsSignedAgainToo() async throws {
    let transport = ScriptedTransport([ahead, .reply(status: 200, body: "{}")])
    _ = try await client(transport).callOnce(BedrockRuntimeAPI.converse("x", body: Data()))
    #expect(times(transport) == ["20150830T123600Z", "20150830T113600Z"])
  }

  /// The times in AWS's words count, because a proxy may have written the `Date` of the reply, or none.
  @Test(arguments: [
    (
      "InvalidSignatureException",
      "Signature expired: 20150830T123600Z is now earlier than 20150830T125600Z (20150830T130100Z - 5 min.)", "25 minutes behind"
    ),
    (
      "InvalidSignatureException",
      "Signature not yet current: 20150830T123600Z is still later than 20150830T121500Z (20150830T121000Z + 5 min.)",
      "26 minutes ahead"
    ),
    (
      "SignatureDoesNotMatch",
      "Signature expired: 20150830T123600Z is now earlier than 20150906T122100Z (20150906T123600Z - 15 min.)", "7 days behind"
    ),
    ("RequestExpired", "Request has expired.", "differs from AWS's"), ("RequestTimeTooSkewed", "", "differs from AWS's"),
    ("RequestInTheFuture", "", "differs from AWS's"),
  ])
  func aClockIsNamedWithoutADate(code: String, message: String, words: String) async throws {
    let refusal = ScriptedTransport.Step.reply(status: 400, body: #"{"__type":"\#(code)","message":"\#(message)"}"#)
    let transport = ScriptedTransport([refusal, refusal])
    let error = try await #require(throws: AWSClientError.self) { _ = try await list(client(transport)) }
    #expect(
      error.message.contains("clock") && error.message.contains(words) && !error.message.contains("secret"), "\(error.message)")
  }

  @Test(arguments: [nil, "Sun, 30 Aug 2015 12:35:10 GMT"])
  func aWrongSecretIsNoMatterOfTheClock(date: String?) async throws {
    let message = "The request signature we calculated does not match the signature you provided."
    let transport = ScriptedTransport([
      .reply(
        status: 403, headers: date.map { ["date": $0] } ?? [:],
        body: #"{"__type":"InvalidSignatureException","message":"\#(message)"}"#)
    ])
    let error = try await #require(throws: AWSClientError.self) { _ = try await list(client(transport)) }
    #expect(error.message.contains("secret access key") && !error.message.contains("clock"))
  }

  /// AWS repeats the request that it would have signed, token included; two lines long or more.
  @Test func secretsInAnAnswerAreHidden() async throws {
    let message =
      "The signature does not match.\\n\\nThe Canonical String for this request should have been\\n'POST\\nx-amz-security-token:emulator'"
    let transport = ScriptedTransport([
      .reply(status: 403, body: #"{"__type":"ValidationException","message":"an emulator \#(message)"}"#)
    ])
    let error = try await #require(throws: AWSClientError.self) { _ = try await list(client(transport)) }
    let body = error.service.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
    for text in [error.message, error.service?.message ?? "", body] { #expect(!text.contains("emulator"), "\(text)") }
    #expect(!error.message.contains("\n") && error.message.contains("does not match"))
  }

  /// 10 a second after a burst of 20: the 24th call of a second waits 0.4 s.
  @Test func callsArePaced() async throws {
    let naps = Naps()
    let transport = ScriptedTransport(Array(repeating: empty, count: 24))
    let client = try client(transport, naps: naps)
    for _ in 0..<24 { _ = try await list(client) }
    #expect(naps.taken.withLock { $0 } == [.milliseconds(100), .milliseconds(200), .milliseconds(300), .milliseconds(400)])
  }

  @Test(arguments: [
    "", "null", "[]", "{}", #"{"Quotas":null}"#, #"{"Quotas":[{"QuotaName":"x"}]}"#, #"{"Quotas":[{"QuotaCode":"#, "<html>",
  ])
  func aReplyThatIsNoneIsAnError(body: String) async throws {
    let transport = ScriptedTransport([.reply(status: 200, body: body)])
    let error = try await #require(throws: AWSClientError.self) { _ = try await list(client(transport)) }
    #expect(error.code == .response && error.message.contains("ListServiceQuotas"))
  }

  @Test func stsErrorsAreReadFromXML() async throws {
    let xml = """
      <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
      <Code>ExpiredToken</Code><Message>old &amp; gone</Message></Error><RequestId>x</RequestId></ErrorResponse>
      """
    let transport = ScriptedTransport([.reply(status: 403, body: xml)])
    let error = try await #require(throws: AWSClientError.self) {
      _ = try await client(transport).call(STSAPI.getCallerIdentity())
    }
    #expect(error.service?.code == "ExpiredToken" && error.service?.message == "old & gone")
    #expect(error.message.contains("expired"))
    #expect(String(decoding: transport.requests[0].body, as: UTF8.self) == "Action=GetCallerIdentity&Version=2011-06-15")
  }

  @Test func bothJSONVersionsNameThemselves() {
    for version in ["1.0", "1.1"] {
      let request = WireProtocol.json(version: version, target: "GraniteServiceVersion20100801").post(
        operation: "ListMetrics", json: Data("{}".utf8))
      #expect(request.headers.map(\.value) == ["application/x-amz-json-\(version)", "GraniteServiceVersion20100801.ListMetrics"])
      #expect(request.method == .post && request.path == "/")
    }
  }

  @Test func idsAndTokensAreEncodedInPathsAndQueries() async throws {
    let transport = ScriptedTransport([.failure(AWSClientError(.response, "")), .failure(AWSClientError(.response, ""))])
    let client = try client(transport)
    _ = try? await client.call(BedrockAPI.getInferenceProfile("arn:aws:bedrock:us-east-1:1:inference-profile/us.x.y-v1:0"))
    _ = try? await client.call(BedrockAPI.listInferenceProfiles(nextToken: "a+b/c=="))
    #expect(
      transport.requests.map(\.head.path) == [
        "/base/inference-profiles/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.x.y-v1%3A0",
        "/base/inference-profiles?maxResults=1000&nextToken=a%2Bb%2Fc%3D%3D",
      ])
  }
}
