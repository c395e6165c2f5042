import AWSServer
import AWSWire
import Foundation
import Testing

@testable import Gateway

struct CallerSignatureTests {
  private static let invalid = "InvalidSignatureException"
  private static let incomplete = "IncompleteSignatureException"
  private let authenticator: CallerAuthenticator

  init() throws { authenticator = try SignedHead.authenticator() }

  private func outcome(_ request: ServerRequest) -> String { SignedHead.outcome(request, authenticator) }

  /// A signed request with a change that its sender didn't make.
  private func altered(_ head: SignedHead = SignedHead(), _ change: (inout ServerRequest) -> Void) -> String {
    var request = head.request
    change(&request)
    return outcome(request)
  }

  private static func authorization(_ request: inout ServerRequest, _ change: (String) -> String) {
    for index in request.headers.indices where request.headers[index].name == "authorization" {
      request.headers[index].value = change(request.headers[index].value)
    }
  }

  @Test func aSignedRequestTellsCallerRegionAndService() throws {
    var head = SignedHead()
    let claim = try SignedHead.check(head.request, authenticator)
    #expect(claim.caller.name == "chat" && claim.caller.isVerified && claim.caller.share == 3)
    #expect(claim.region == "us-east-1" && claim.service == "bedrock" && claim.isPending)
    head.service = "bedrock-mantle"
    head.region = "us-gov-west-1"
    let mantle = try SignedHead.check(head.request, authenticator)
    #expect(mantle.region == "us-gov-west-1" && mantle.service == "bedrock-mantle")
  }

  /// The name of a key is an access key id too, as the gateway without keys takes it.
  @Test(arguments: [("BEDQUOTA_KEY_0_chat", "chat"), ("chat", "chat")])
  func bothAccessKeyIDs(id: String, name: String) {
    #expect(outcome(SignedHead(accessKeyID: id).request) == name)
  }

  @Test(arguments: [1, 2]) func derivedKeysSign(serial: Int) {
    let key = DerivedKey(master: Secret(SignedHead.master), name: "agent", serial: serial)
    #expect(key.accessKeyID == "BEDQUOTA_KEY_\(serial)_agent")
    #expect(outcome(SignedHead(accessKeyID: key.accessKeyID, secret: key.secret.text).request) == "agent")
    // Not with the secret of the other serial, nor with one that isn't configured.
    let other = DerivedKey(master: Secret(SignedHead.master), name: "agent", serial: 3 - serial)
    #expect(outcome(SignedHead(accessKeyID: key.accessKeyID, secret: other.secret.text).request) == Self.invalid)
    let third = DerivedKey(master: Secret(SignedHead.master), name: "agent", serial: 3)
    #expect(outcome(SignedHead(accessKeyID: third.accessKeyID, secret: third.secret.text).request) == Self.invalid)
  }

  /// Computed with Python's hmac from the formula in the documentation.
  @Test func theDerivationIsTheDocumentedOne() {
    let key = DerivedKey(master: Secret(SignedHead.master), name: "chat", serial: 1)
    #expect(key.secret.text == "DvSTjil+xVw4fS1F6NCzYOoc1n2XJSUcY8ZE7uPcF5E=")
    #expect(DerivedKey.accessKeyID(name: "a-b.c", serial: 12) == "BEDQUOTA_KEY_12_a_b_c")
  }

  @Test func aKeyOfWhichOnlyTheHashIsKnownCannotSign() {
    #expect(outcome(SignedHead(accessKeyID: "hashed", secret: "the token behind the hash").request) == Self.invalid)
  }

  /// As botocore 1.43 and AnthropicBedrock sign them: three headers, and sixteen with what proxies like to change.
  @Test func theHeadsOfRealClients() {
    var boto = SignedHead(target: "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x/converse")
    boto.headers = [("Host", "127.0.0.1:4000"), ("Content-Type", "application/json")]
    var request = boto.request
    request.headers += [
      ("amz-sdk-invocation-id", "5f0f6a4e"), ("amz-sdk-request", "attempt=1"), ("user-agent", "Boto3/1.43 md/Botocore#1.43"),
      ("accept-encoding", "identity"), ("content-length", "15"),
    ]
    #expect(outcome(request) == "chat")
    var anthropic = SignedHead(target: "/model/anthropic.claude-opus-4-8-v1:0/invoke-with-response-stream?beta=true")
    anthropic.headers = [
      ("host", "127.0.0.1:4000"), ("accept", "application/json"), ("accept-encoding", "gzip, deflate"),
      ("anthropic-version", "2023-06-01"), ("content-length", "15"), ("content-type", "application/json"),
      ("x-stainless-arch", "x64"), ("x-stainless-async", "false"), ("x-stainless-lang", "python"), ("x-stainless-os", "Linux"),
      ("x-stainless-package-version", "0.96.0"), ("x-stainless-read-timeout", "600"), ("x-stainless-retry-count", "0"),
      ("x-stainless-runtime", "CPython"), ("x-stainless-timeout", "600"),
    ]
    #expect(outcome(anthropic.request) == "chat")
    #expect(
      altered(anthropic) { request in
        request.headers = request.headers.map { $0.name == "accept-encoding" ? ($0.name, "gzip") : $0 }
      } == Self.invalid)
  }

  @Test func whatEverySignatureMustCover() {
    // Headers that AWS acts on, added by somebody on the way.
    for name in ["x-amzn-bedrock-guardrailidentifier", "X-Amzn-Bedrock-Service-Tier", "x-amz-anything"] {
      #expect(altered { $0.headers.append((name.lowercased(), "x")) } == Self.invalid)
      var head = SignedHead()
      head.headers.append((name, "x"))
      #expect(outcome(head.request) == "chat")
    }
    // Load balancers add it, and it means nothing to Bedrock.
    #expect(altered { $0.headers.append(("x-amzn-trace-id", "Root=1-2")) } == "chat")
    #expect(altered { Self.authorization(&$0) { $0.replacing(";host", with: "") } } == Self.invalid)
    #expect(altered { Self.authorization(&$0) { $0.replacing(";x-amz-date", with: "") } } == Self.invalid)
    #expect(altered { $0.body.append(0x20) } == Self.invalid)
    #expect(altered { $0.method = "PUT" } == Self.invalid)
    #expect(altered { $0.target += "?x=1" } == Self.invalid)
    #expect(altered { $0.target = $0.target.replacing("sonnet", with: "opus") } == Self.invalid)
  }

  @Test(arguments: ["authorization", "x-amz-date", "host", "content-type", "x-amz-content-sha256"])
  func nothingIsThereTwice(name: String) {
    var head = SignedHead()
    if name == "x-amz-content-sha256" { head.headers.append((name, SignedHead.hash(head.body))) }
    #expect(outcome(head.request) == "chat")
    #expect(altered(head) { request in request.headers += request.headers.filter { $0.name == name } } == Self.incomplete)
    #expect(altered(head) { $0.headers.append((name, "x")) } == Self.incomplete)
  }

  @Test(arguments: ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "", "AB"])
  func noPayloadIsUnsigned(hash: String) {
    var head = SignedHead()
    head.headers.append(("x-amz-content-sha256", hash))
    #expect(outcome(head.request) == Self.invalid)
  }

  @Test(arguments: [
    (SignedHead(secret: "another"), invalid), (SignedHead(accessKeyID: "AKIAUNKNOWN"), invalid),
    (SignedHead(service: "s3"), invalid), (SignedHead(service: "bedrock-runtime"), invalid),
    (SignedHead(region: "us-east-1.evil"), incomplete), (SignedHead(region: "localhost"), invalid),
    (SignedHead(region: ""), incomplete),
    (SignedHead(date: SignedHead.now + 300), "chat"), (SignedHead(date: SignedHead.now - 300), "chat"),
    (SignedHead(date: SignedHead.now + 301), invalid), (SignedHead(date: SignedHead.now - 301), invalid),
    (SignedHead(date: .distantPast), invalid),
  ])
  func scopesAndDates(head: SignedHead, expected: String) { #expect(outcome(head.request) == expected) }

  @Test func theDayOfTheScopeIsThatOfTheDate() {
    let day = String(AWSDate.basic(SignedHead.now).prefix(8))
    for other in ["19700101", "\(day)0", "\(day)T", "2026921", "２０２６０９２１"] {
      #expect(altered { Self.authorization(&$0) { $0.replacing("/\(day)/", with: "/\(other)/") } } != "chat")
    }
    #expect(
      altered { request in request.headers = request.headers.map { $0.name == "x-amz-date" ? ($0.name, day) : $0 } }
        == Self.incomplete)
    #expect(altered { request in request.headers.removeAll { $0.name == "x-amz-date" } } == Self.incomplete)
  }

  @Test func aSignatureInTheURLIsRefused() {
    var request = SignedHead().request
    request.target += "?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    #expect(outcome(request) == Self.incomplete)
    request.headers.removeAll { $0.name == "authorization" }
    #expect(outcome(request) == Self.incomplete)
  }

  /// Whoever knows an access key id alone takes no room from those whose signatures are right.
  @Test func onlyRightSignaturesLeaveAKeyBehind() {
    for region in ["us-east-1", "us-west-2"] {
      #expect(outcome(SignedHead(secret: "another", region: region).request) == Self.invalid)
      #expect(outcome(SignedHead(accessKeyID: "AKIAUNKNOWN", region: region).request) == Self.invalid)
    }
    #expect(authenticator.provenKeys.count == 0)
    for _ in 0..<2 { #expect(outcome(SignedHead().request) == "chat") }
    #expect(outcome(SignedHead(secret: "another").request) == Self.invalid)
    #expect(altered { $0.body.append(0x20) } == Self.invalid)
    #expect(authenticator.provenKeys.count == 1)
  }

  /// The same words, so that they tell nobody which access keys exist.
  @Test func anUnknownAccessKeyFailsAsAWrongSignatureDoes() throws {
    var faults: [AWSFault] = []
    for head in [SignedHead(secret: "another"), SignedHead(accessKeyID: "AKIAUNKNOWN")] {
      let claim = try authenticator.open(head.request, for: .bedrock, peer: "10.0.0.2", now: SignedHead.now)
      #expect(claim.isPending)
      do throws(AWSFault) {
        try authenticator.verify(claim, head.request, bodyHash: SignedHead.hash(head.body), for: .bedrock)
      } catch {
        faults.append(error)
      }
    }
    #expect(faults.count == 2 && faults.first == faults.last)
    #expect(authenticator.failures.snapshot().counts == [.unknown: 2])
  }

  /// Beyond the allowance, the body of a stranger isn't even received; known keys from the same address go on.
  @Test func strangersAreBoundedAndHurtNobody() {
    for _ in 0..<200 { #expect(outcome(SignedHead(accessKeyID: "AKIAUNKNOWN").request) == Self.invalid) }
    let early = authenticator.failures.snapshot().refusedEarly
    #expect(early == 180)
    #expect(throws: AWSFault.self) {
      try authenticator.open(
        SignedHead(accessKeyID: "AKIAUNKNOWN").request, for: .bedrock, peer: "10.0.0.1", now: SignedHead.now)
    }
    #expect(outcome(SignedHead().request) == "chat")
    // After a minute, some are received again.
    let later = SignedHead(accessKeyID: "AKIAUNKNOWN", date: SignedHead.now + 60).request
    #expect(throws: Never.self) {
      try authenticator.open(later, for: .bedrock, peer: "10.0.0.1", now: SignedHead.now + 60)
    }
  }

  /// A change of any byte that is signed makes the request nobody's.
  @Test func noMutationOfASignedRequestIsLetIn() {
    var random = SystemRandomNumberGenerator()
    var head = SignedHead()
    head.headers.append(("x-amzn-bedrock-trace", "ENABLED"))
    let original = head.request
    for _ in 0..<20_000 {
      var request = original
      switch Int.random(in: 0..<6, using: &random) {
      case 0: request.body = Self.mutated(request.body, &random)
      case 1:
        request.target = String(decoding: Self.mutated(Data(request.target.utf8), &random), as: UTF8.self)
        // AWS's signature ignores empty segments; such targets are refused before anybody is asked who sent them.
        guard GatewayRoute.isPlain(request.target) else { continue }
      case 2: request.method = ["GET", "PUT", "post", "POS", "PATCH"].randomElement(using: &random) ?? "GET"
      case 3: request.headers.remove(at: Int.random(in: 0..<request.headers.count, using: &random))
      case 4:
        let index = Int.random(in: 0..<request.headers.count, using: &random)
        request.headers[index].value = String(
          decoding: Self.mutated(Data(request.headers[index].value.utf8), &random), as: UTF8.self)
      default:
        request.headers.append(
          (["x-amz-date", "host", "authorization", "x-amz-a", "x-amzn-b"].randomElement(using: &random) ?? "", "x"))
      }
      if Self.normal(request) != Self.normal(original) { #expect(outcome(request) != "chat", "\(request)") }
    }
  }

  private static func mutated(_ data: Data, _ random: inout SystemRandomNumberGenerator) -> Data {
    var bytes = Array(data)
    let index = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &random)
    case 1: bytes.remove(at: index)
    default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &random), at: index)
    }
    return Data(bytes)
  }

  /// A request without what has no meaning in it: blanks in headers.
  private static func normal(_ request: ServerRequest) -> String {
    let headers = request.headers.map { "\($0.name):\($0.value.filter { $0 != " " })" }
    return "\(request.method) \(request.target)\n\(headers.joined(separator: "\n"))\n\(request.body.base64EncodedString())"
  }
}
