import AWSServer
import AWSWire
import Foundation
import Gateway
import Testing

struct CallerTokenTests {
  private static let denied = "AccessDeniedException"
  private static let incomplete = "IncompleteSignatureException"

  /// A short-term Bedrock API key; only AWS can tell whether its signature is right.
  private static func shortTermKey(region: String = "us-west-2", age: TimeInterval = 60, expires: Int = 43_200) -> String {
    let stamp = AWSDate.basic(SignedHead.now - age)
    let text =
      "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256"
      + "&X-Amz-Credential=AKIAEXAMPLE%2F\(stamp.prefix(8))%2F\(region)%2Fbedrock%2Faws4_request&X-Amz-Date=\(stamp)"
      + "&X-Amz-Expires=\(expires)&X-Amz-SignedHeaders=host&X-Amz-Signature=\(String(repeating: "a", count: 64))&Version=1"
    return "bedrock-api-key-" + Data(text.utf8).base64EncodedString()
  }

  private static func claim(
    _ headers: [(name: String, value: String)], _ authenticator: CallerAuthenticator,
    for service: ServedService = .bedrockMessages
  ) throws(AWSFault) -> CallerClaim {
    try SignedHead.check(SignedHead.plain([("host", "127.0.0.1:4000")] + headers), authenticator, for: service)
  }

  private static func outcome(_ headers: [(name: String, value: String)], _ authenticator: CallerAuthenticator) -> String {
    SignedHead.outcome(SignedHead.plain([("host", "127.0.0.1:4000")] + headers), authenticator, for: .bedrockMessages)
  }

  // MARK: With keys

  @Test func everyFormOfAKey() throws {
    let authenticator = try SignedHead.authenticator()
    let derived = DerivedKey(master: Secret(SignedHead.master), name: "agent", serial: 2).secret.text
    let secret = SignedHead.secret
    let table: [([(name: String, value: String)], String)] = [
      ([("authorization", "Bearer \(secret)")], "chat"), ([("authorization", "bearer  \(secret)")], "chat"),
      ([("x-api-key", secret)], "chat"), ([("authorization", "Bearer \(secret)"), ("x-api-key", secret)], "chat"),
      ([("authorization", "Bearer \(derived)")], "agent"),
      ([("authorization", "Bearer the token behind the hash")], "hashed"),
      ([("x-api-key", "the token behind the hash")], "hashed"),
      ([("authorization", "Bearer \(secret)x")], Self.denied), ([("authorization", "Bearer \(secret.dropLast())")], Self.denied),
      ([("authorization", "Bearer \(secret.uppercased())")], Self.denied), ([("authorization", "Bearer chat")], Self.denied),
      ([("authorization", "Bearer ")], Self.incomplete), ([("x-api-key", "")], Self.incomplete),
      ([("authorization", "Bearer \(secret)"), ("x-api-key", "other")], Self.incomplete),
      ([("authorization", "Basic \(secret)")], Self.incomplete),
      ([("authorization", "Basic x"), ("x-api-key", secret)], Self.incomplete),
      ([("authorization", SignedHead().request.header("authorization") ?? ""), ("x-api-key", secret)], Self.incomplete),
      ([("x-api-key", secret), ("x-api-key", secret)], Self.incomplete),
      ([("authorization", "Bearer \(String(repeating: "x", count: 16_385))")], Self.incomplete),
      ([], "MissingAuthenticationTokenException"),
      // Without permission, a key of AWS is as unknown as any.
      ([("authorization", "Bearer \(Self.shortTermKey())")], Self.denied),
    ]
    for (headers, expected) in table { #expect(Self.outcome(headers, authenticator) == expected, "\(headers)") }
    let counts = authenticator.failures.snapshot().counts
    #expect(counts[.missing] == 1 && counts[.unknown] == 5 && counts[.malformed] == 8)
  }

  @Test func aTokenIsProvenByTheHead() throws {
    let claim = try Self.claim([("x-api-key", SignedHead.secret)], SignedHead.authenticator())
    #expect(!claim.isPending && claim.region == nil && claim.service == nil)
    guard case .signed = claim.upstream else { throw Problem() }
  }

  /// Every key is found, and only by its own token, however many there are.
  @Test func manyKeysAreToldApart() throws {
    var yaml = "master: \"${MASTER}\"\nkeys:\n"
    for number in 0..<500 { yaml += "  k\(number): {}\n" }
    let authenticator = try SignedHead.authenticator(yaml)
    for number in [0, 1, 250, 499] {
      let key = DerivedKey(master: Secret(SignedHead.master), name: "k\(number)", serial: 1)
      #expect(Self.outcome([("x-api-key", key.secret.text)], authenticator) == "k\(number)")
      let second = DerivedKey(master: Secret(SignedHead.master), name: "k\(number)", serial: 2)
      #expect(Self.outcome([("x-api-key", second.secret.text)], authenticator) == Self.denied)
    }
    #expect(Set(authenticator.callers.all.map(\.index)).count == 500)
  }

  @Test func keysOfAWSArePassedOnWhereTheConfigurationSaysSo() throws {
    let authenticator = try SignedHead.authenticator("pass_through: true\nkeys: {chat: {secret: \"${CHAT_KEY}\"}}")
    let key = Self.shortTermKey()
    let claim = try Self.claim([("authorization", "Bearer \(key)")], authenticator)
    #expect(claim.caller.name == "bedrock:AKIAEXAMPLE" && !claim.caller.isVerified && claim.region == "us-west-2")
    guard case .bearer(let secret) = claim.upstream else { throw Problem() }
    #expect(secret.text == key)
    #expect(!"\(claim)".contains(key))
    #expect(Self.outcome([("authorization", "Bearer \(Self.shortTermKey(age: 43_201))")], authenticator) == Self.denied)
    #expect(Self.outcome([("authorization", "Bearer \(Self.shortTermKey(region: "evil"))")], authenticator) == Self.denied)
    #expect(Self.outcome([("authorization", "Bearer anything")], authenticator) == Self.denied)
    let long = "ABSK" + String(repeating: "Q", count: 120)
    let name = Self.outcome([("authorization", "Bearer \(long)")], authenticator)
    #expect(name.hasPrefix("bedrock:") && name.utf8.count == 16)
    // Our own key is ours.
    #expect(Self.outcome([("authorization", "Bearer \(SignedHead.secret)")], authenticator) == "chat")
  }

  // MARK: Without keys

  @Test func withoutKeysACredentialIsAName() throws {
    let open = try SignedHead.authenticator("")
    let table: [([(name: String, value: String)], String)] = [
      ([], "anonymous"), ([("authorization", "Bearer alice")], "alice"), ([("x-api-key", "bob")], "bob"),
      ([("authorization", "Basic x")], "anonymous"),
      ([("authorization", "Bearer \(Self.shortTermKey())")], "bedrock:AKIAEXAMPLE"),
    ]
    for (headers, expected) in table { #expect(Self.outcome(headers, open) == expected) }
    let claim = try SignedHead.check(
      SignedHead(accessKeyID: "alice", secret: "x", headers: [("host", "localhost:4000")]).request, open)
    #expect(claim.caller.name == "alice" && !claim.caller.isVerified && !claim.isPending && claim.region == "us-east-1")
    // The same name is the same caller, whatever the form.
    #expect(try Self.claim([("x-api-key", "alice")], open).caller === claim.caller)
    let odd = SignedHead(accessKeyID: "a\"b{}é", secret: "x", headers: [("host", "[::1]:4000")]).request
    #expect(SignedHead.outcome(odd, open) == "a_b____")
  }

  /// A key of another provider must not become the label of a metric.
  @Test(arguments: ["sk-ant-short", "sk-proj-0123456789012345678901234567890", "0123456789abcdefghijk", "a b", "naïve"])
  func withoutKeysASecretIsNoName(token: String) throws {
    let name = Self.outcome([("x-api-key", token)], try SignedHead.authenticator(""))
    #expect(name.hasPrefix("key-") && name.utf8.count == 12 && !name.contains(token))
  }

  @Test func withoutKeysNoWebPageIsAnswered() throws {
    let open = try SignedHead.authenticator("")
    for host in ["127.0.0.1", "127.0.0.1:4000", "localhost:1", "[::1]:4000", "LOCALHOST", "a.localhost:80"] {
      #expect(SignedHead.outcome(SignedHead.plain([("host", host)]), open) == "anonymous", "\(host)")
    }
    for host in [
      "evil.example", "evil.example:4000", "127.0.0.1.evil.example", "", "[::2]", "0.0.0.0:4000", "127.1", "localhost.evil",
    ] {
      #expect(SignedHead.outcome(SignedHead.plain([("host", host)]), open) == Self.denied, "\(host)")
    }
    #expect(SignedHead.outcome(SignedHead.plain([]), open) == Self.denied)
    for origin in ["http://127.0.0.1:4000", "null", ""] {
      #expect(
        SignedHead.outcome(SignedHead.plain([("host", "127.0.0.1"), ("origin", origin)]), open) == Self.denied)
    }
    #expect(open.failures.snapshot().counts == [.browser: 12])
    // With keys, both are no concern: a page has no key.
    let keyed = try SignedHead.authenticator()
    let request = SignedHead.plain([("host", "gateway.example"), ("origin", "https://x"), ("x-api-key", SignedHead.secret)])
    #expect(SignedHead.outcome(request, keyed) == "chat")
  }

  @Test func namesOfStrangersAreBounded() throws {
    let open = try SignedHead.authenticator("")
    for number in 0..<CallerRegistry.unverifiedMax { #expect(Self.outcome([("x-api-key", "n\(number)")], open) == "n\(number)") }
    #expect(Self.outcome([("x-api-key", "one-more")], open) == CallerRegistry.otherName)
    #expect(Self.outcome([("x-api-key", "n7")], open) == "n7")
    #expect(open.registry.unverified().count == CallerRegistry.unverifiedMax)
    #expect(open.registry.other.index == 0)
  }

  @Test func withoutPassThroughAKeyOfAWSIsAName() throws {
    let open = try SignedHead.authenticator("pass_through: false")
    let claim = try Self.claim([("authorization", "Bearer \(Self.shortTermKey())")], open)
    guard case .signed = claim.upstream else { throw Problem() }
    #expect(claim.caller.name.hasPrefix("key-"))
  }

  // MARK: Operators

  @Test func operatorsAreProgramsOfThisMachineOrHaveTheSecret() {
    let local = OperatorAccess(secret: nil)
    func admits(_ access: OperatorAccess, _ headers: [(name: String, value: String)], peer: String = "127.0.0.1") -> Bool {
      access.admits(SignedHead.plain(headers, target: "/metrics"), peer: peer)
    }
    let host = (name: "host", value: "localhost:4000")
    #expect(admits(local, [host]) && admits(local, [host], peer: "::1"))
    #expect(!admits(local, [host], peer: "10.0.0.1") && !admits(local, []))
    // Web pages, and what comes through a proxy on this machine.
    #expect(!admits(local, [host, ("origin", "http://x")]) && !admits(local, [("host", "gateway.example")]))
    for name in ["x-forwarded-for", "via", "forwarded"] { #expect(!admits(local, [host, (name, "x")])) }
    let keyed = OperatorAccess(secret: Secret("the-secret-of-admins"))
    #expect(admits(keyed, [("host", "gateway.example"), ("authorization", "Bearer the-secret-of-admins")], peer: "10.0.0.1"))
    for header in ["Bearer the-secret-of-admin", "Bearer the-secret-of-adminsx", "Basic the-secret-of-admins", "Bearer "] {
      #expect(!admits(keyed, [host, ("authorization", header)]))
    }
    #expect(!admits(keyed, [host]))
  }

  @Test func browsersOfOperatorsAreLetIn() {
    func admits(_ access: OperatorAccess, _ headers: [(name: String, value: String)], peer: String = "127.0.0.1") -> Bool {
      access.admits(ServerRequest(method: "GET", target: "/", headers: headers, body: Data()), peer: peer)
    }
    let (local, host) = (OperatorAccess(secret: nil), (name: "host", value: "localhost:4000"))
    // The address was typed; and the page that was shown asks for its events.
    #expect(admits(local, [host, ("sec-fetch-site", "none")]) && admits(local, [host, ("sec-fetch-site", "same-origin")]))
    for site in ["cross-site", "same-site", "same-origin, none"] { #expect(!admits(local, [host, ("sec-fetch-site", site)])) }
    #expect(!admits(local, [host, ("sec-fetch-site", "same-origin"), ("origin", "http://localhost:5000")]))
    #expect(!admits(local, [host, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]))
    // A name that somebody else's page made point here.
    #expect(!admits(local, [("host", "evil.example"), ("sec-fetch-site", "same-origin")]))
    #expect(!admits(local, [host, ("sec-fetch-site", "same-origin")], peer: "10.0.0.1"))
    // A link on another page: the browser shows what it gets to its user, and to no page.
    let link = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")].map { (name: $0, value: $1) }
    #expect(admits(local, [host, ("sec-fetch-site", "cross-site")] + link))
    #expect(!admits(local, [host, ("sec-fetch-site", "cross-site"), link[0], ("sec-fetch-dest", "iframe")]))
    #expect(!admits(local, [host, ("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")] + link))
    #expect(!admits(local, [("host", "evil.example"), ("sec-fetch-site", "cross-site")] + link))
    for odd in ["localhost:80@evil.example", "[::1].evil.example", "[::1", "127.0.0.1:x", ""] {
      #expect(!admits(local, [("host", odd)]))
    }
    for own in ["localhost", "[::1]", "[::1]:4000", "127.0.0.1:4000"] { #expect(admits(local, [("host", own)])) }
    let keyed = OperatorAccess(secret: Secret("the-secret:of-admins"))
    func basic(_ pair: String) -> [(name: String, value: String)] {
      [("host", "gateway.example"), ("authorization", "Basic \(Data(pair.utf8).base64EncodedString())")]
    }
    #expect(
      admits(keyed, basic("anybody:the-secret:of-admins"), peer: "10.0.0.1") && admits(keyed, basic(":the-secret:of-admins")))
    for pair in ["the-secret:of-admins", "anybody:", "anybody:the-secret", ""] { #expect(!admits(keyed, basic(pair))) }
    #expect(!admits(keyed, [host, ("authorization", "Basic !")]))
  }

  // MARK: Reloads

  @Test func aReloadKeepsNumbersAndWhatWasUsed() throws {
    let (registry, failures) = (CallerRegistry(), FailedAuthentications())
    func load(_ yaml: String) throws -> CallerAuthenticator {
      CallerAuthenticator(try SignedHead.configuration(yaml), registry: registry, failures: failures)
    }
    let first = try load("master: \"${MASTER}\"\nkeys: {a: {tokens_per_day: 100}, b: {}}")
    let (a, b) = (first.callers.all[0], first.callers.all[1])
    _ = try #require(a.budget).reserve(60, at: 1_000)
    let second = try load("master: \"${MASTER}\"\nkeys: {c: {}, b: {share: 5}, a: {tokens_per_day: 80}}")
    let (c, newB, newA) = (second.callers.all[0], second.callers.all[1], second.callers.all[2])
    #expect(newA.index == a.index && newB.index == b.index && newB.share == 5)
    #expect(Set([0, a.index, b.index, c.index]).count == 4)
    let left = try #require(newA.budget).snapshot(at: 1_000)
    #expect(left.tokensLeft == 20)
    // A key that came with no budget has counted all the same.
    let third = try load("master: \"${MASTER}\"\nkeys: {}")
    #expect(third.callers.all.isEmpty)
    // A secret that was replaced is no longer valid, though its access key id is the same.
    let old = try load("keys: {chat: {secret: \"${CHAT_KEY}\"}}")
    #expect(SignedHead.outcome(SignedHead().request, old) == "chat")
    let new = CallerAuthenticator(
      try GatewayConfiguration(
        yaml: "keys: {chat: {secret: \"${CHAT_KEY}\"}}", file: "g.yaml",
        secrets: SecretSource(environment: ["CHAT_KEY": "the-next-chat-secret"])), registry: registry, failures: failures)
    #expect(SignedHead.outcome(SignedHead().request, new) == "InvalidSignatureException")
    #expect(SignedHead.outcome(SignedHead(secret: "the-next-chat-secret").request, new) == "chat")
  }

  // MARK: What a caller may do

  @Test func modelsAndBudgetsAreRefusedForGood() throws {
    let authenticator = try SignedHead.authenticator(
      "keys: {chat: {secret: \"${CHAT_KEY}\", models: [us.anthropic.*], tokens_per_day: 1000, requests_per_day: 2}}")
    let caller = try Self.claim([("x-api-key", SignedHead.secret)], authenticator).caller
    #expect(caller.mayInvoke("us.anthropic.claude-opus-4-8") && !caller.mayInvoke("us.amazon.nova-lite-v1:0"))
    let model = caller.modelRefusal("us.amazon.nova-lite-v1:0")
    #expect(model.status == 403 && model.message.contains("'chat' may not invoke us.amazon.nova-lite-v1:0"))
    let budget = try #require(caller.budget)
    #expect(try excess { () throws(CallerBudget.Excess) in _ = try budget.reserve(1_001, at: 0) }?.measure == .tokens)
    _ = try budget.reserve(10, at: 0)
    _ = try budget.reserve(10, at: 0)
    let refusal = try #require(try excess { () throws(CallerBudget.Excess) in _ = try budget.reserve(10, at: 0) })
    #expect(refusal.measure == .requests)
    for (service, status) in [(ServedService.bedrock, 400), (.bedrockOpenAI, 403), (.bedrockMessages, 403), (.mantleOpenAI, 403)]
    {
      let fault = BudgetRefusal.fault(refusal, of: caller, for: service)
      #expect(service.render(fault, requestID: "r").status == status)
      #expect(fault.message.contains("The next day begins in 24 h 0 min"))
    }
    #expect(BudgetRefusal.fault(refusal, of: caller, for: .bedrock).code == "ServiceQuotaExceededException")
    #expect(ShouldRetry.never.value == "false")
  }

  private func excess(_ body: () throws(CallerBudget.Excess) -> Void) throws -> CallerBudget.Excess? {
    do throws(CallerBudget.Excess) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private struct Problem: Error {}
}
