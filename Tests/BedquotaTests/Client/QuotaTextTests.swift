import AWSClient
import AWSWire
import AdmissionControl
import BedrockQuotas
import Synchronization
import TestSupport
import Testing

@testable import Bedquota

/// What a client takes from the account's quotas as limits, and how it names them when it refuses.
struct QuotaTextTests {
  private func resolution(
    rpm: Double = 100, tpd: Double? = nil, account: Double? = nil, adjustable: Bool? = false, scope: QuotaScope = .crossRegion
  ) -> Resolution {
    var resolution = Resolution(id: "us.acme.rocket-9", scope: scope, status: .resolved)
    resolution.outputBurndown = 1
    let quotas: [(String, String, Double?)] = [
      ("L-R", "Cross-region model inference requests per minute for Acme Rocket 9", rpm),
      ("L-D", "Model invocation max tokens per day for Acme Rocket 9 (doubled for cross-region calls)", tpd),
      ("L-A", "Cross-Model Max Tokens Per Day", account),
    ]
    resolution.quotas = quotas.compactMap { code, name, value in
      value.map {
        .init(
          quota: Quota(code: code, name: QuotaName(name), appliedValue: $0, adjustable: adjustable, family: "x"), evidence: "")
      }
    }
    return resolution
  }

  private func client(_ resolution: Resolution, _ steps: [ScriptedTransport.Step] = []) throws -> (
    QuotaAwareClient, ScriptedTransport
  ) {
    let transport = ScriptedTransport(steps)
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    let session = BedquotaSession(client: AWSClient(configuration: configuration, transport: transport, sleep: { _ in }))
    return (QuotaAwareClient(resolution, session: session), transport)
  }

  @Test(arguments: [(QuotaScope.crossRegion, Int64(2_000)), (.onDemand, 1_000), (.global, 1_000)])
  func theEffectiveValueIsTheLimit(scope: QuotaScope, value: Int64) {
    let limits = QuotaLimits(resolution(tpd: 1_000, scope: scope), assumedTokensPerMinute: 1).limits
    #expect(limits.first { $0.measure == .tokensPerDay }?.value == value)
  }

  @Test(arguments: [
    (true, "request an increase of it in Service Quotas"), (false, "It is not adjustable: open a case with AWS Support"),
  ])
  func aQuotaOfZeroIsNamed(adjustable: Bool, words: String) async throws {
    let (client, transport) = try client(resolution(tpd: 0, adjustable: adjustable))
    let refusal = await #expect(throws: Refusal.self) { _ = try await client.send(ModelRequest(prompt: "Hi", maxTokens: 10)) }
    let message = try #require(refusal?.message)
    #expect(refusal?.code == .neverFits && refusal?.limit == Limit(.tokensPerDay, 0))
    #expect(message.hasPrefix("L-D (tokens per day) is 0: this account may not use the model.") && message.contains(words))
    #expect(client.notes.contains(message) && transport.requests.isEmpty)
    #expect(InvocationFailure(refusal!).kind == .invalid)
  }

  @Test func noTokensForTheWholeAccount() async throws {
    let (client, _) = try client(resolution(tpd: 1_000, account: 0))
    let refusal = await #expect(throws: Refusal.self) { _ = try await client.send(ModelRequest(prompt: "Hi", maxTokens: 10)) }
    #expect(refusal?.message.hasPrefix("L-A (tokens per day) is 0") == true)
    let ample = try self.client(resolution(tpd: 1_000, account: 5)).0
    #expect(ample.limits.first { $0.measure == .tokensPerDay }?.value == 2_000 && ample.notes.isEmpty)
  }

  @Test func aRequestThatNeverFitsNamesTheQuota() async throws {
    let (client, _) = try client(resolution(tpd: 1_000))
    let refusal = await #expect(throws: Refusal.self) { _ = try await client.send(ModelRequest(prompt: "Hi", maxTokens: 5_000)) }
    let message = try #require(refusal?.message)
    #expect(message.contains("of L-D (tokens per day), more than the 2,000 that it ever has"))
    #expect(message.contains("lower max_tokens") && message.contains("L-D is not adjustable: open a case with AWS Support"))
    #expect(refusal?.parameters == ["maxTokens"])
  }

  /// The assumed limit of a model without quotas is no quota, so its refusal names none.
  @Test func aLimitThatIsNoQuotaKeepsItsOwnWords() async throws {
    var options = QuotaAwareClient.Options()
    options.assumedTokensPerMinute = 100
    let session = try client(resolution()).0.session
    let none = QuotaAwareClient(Resolution(id: "acme.x", scope: .onDemand, status: .unknown), session: session, options: options)
    let refusal = await #expect(throws: Refusal.self) { _ = try await none.send(ModelRequest(prompt: "Hi", maxTokens: 5_000)) }
    #expect(refusal?.message.contains("tokens per minute, more than a full quota holds") == true)
  }

  /// Service Quotas denies with 400, not with 403.
  @Test(arguments: [400, 403])
  func whoMayNotReadTheQuotaAgainStops(status: Int) async throws {
    let denied = ScriptedTransport.Step.reply(status: status, body: #"{"__type":"AccessDeniedException","Message":"No."}"#)
    let (client, transport) = try client(resolution(), [denied])
    await client.readQuotasAgain()
    let isDue = client.book.withLock { $0.refresh.throttled(at: .seconds(1_000_000), timeScale: 1) }
    #expect(!isDue && transport.requests.count == 1)
  }
}
