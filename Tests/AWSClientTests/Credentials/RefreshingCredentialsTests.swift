import AWSWire
import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

/// Many tasks, one provider, and a clock that a test sets.
struct RefreshingCredentialsTests {
  /// Gives credentials of an hour that are numbered, or fails while it is told to.
  private final class Provider: CredentialProvider {
    struct State {
      var now = Date(timeIntervalSince1970: 1_000_000)
      var calls = 0
      var isDown = false
      /// Calls that wait to be let go.
      var held: [CheckedContinuation<Void, Never>] = []
      var isHolding = false
    }
    let state = Mutex(State())
    var now: Date { state.withLock { $0.now } }
    var calls: Int { state.withLock { $0.calls } }

    func advance(minutes: Double) { state.withLock { $0.now += minutes * 60 } }
    func set(isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func hold() { state.withLock { $0.isHolding = true } }

    func letGo() {
      let held = state.withLock { state in
        state.isHolding = false
        defer { state.held = [] }
        return state.held
      }
      for one in held { one.resume() }
    }

    func credentials() async throws -> Credentials? {
      let (number, isDown, now) = state.withLock { state in
        state.calls += 1
        return (state.calls, state.isDown, state.now)
      }
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let isHeld = state.withLock { state in
          if state.isHolding { state.held.append(continuation) }
          return state.isHolding
        }
        if !isHeld { continuation.resume() }
      }
      try Task.checkCancellation()
      if isDown { throw AWSClientError(.transport, "down") }
      return Credentials(accessKeyID: "\(number)", secretAccessKey: "s", expiration: now + 3_600)
    }
  }

  private let provider = Provider()
  private var refreshing: RefreshingCredentials { RefreshingCredentials(provider, now: { [provider] in provider.now }) }

  @Test(arguments: [false, true])
  func aThousandTasksAtTheEndCauseOneFetch(isFirst: Bool) async throws {
    let credentials = refreshing
    if !isFirst {
      _ = try await credentials.credentials()
      provider.advance(minutes: 60)
    }
    let before = provider.calls
    provider.hold()
    let found = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<1_000 { group.addTask { try await credentials.credentials()?.accessKeyID } }
      group.addTask { [provider] in
        // Until all of them have come as far as they can, give others their turn.
        for _ in 0..<10_000 { await Task.yield() }
        provider.letGo()
        return nil
      }
      return try await group.reduce(into: [String?]()) { $0.append($1) }.compactMap(\.self)
    }
    #expect(found.count == 1_000)
    #expect(Set(found) == ["\(before + 1)"])
    #expect(provider.calls == before + 1)
  }

  @Test func aProviderThatIsDownForAMinuteCostsNoCall() async throws {
    let credentials = refreshing
    _ = try await credentials.credentials()
    provider.advance(minutes: 52)
    provider.set(isDown: true)
    // Ten calls a second, for a minute.
    for _ in 0..<600 {
      #expect(try await credentials.credentials()?.accessKeyID == "1")
      provider.advance(minutes: 1 / 600)
    }
    #expect((2...8).contains(provider.calls), "it was tried, and not for each call: \(provider.calls)")
    provider.set(isDown: false)
    provider.advance(minutes: 0.2)
    let now = try await credentials.credentials()?.accessKeyID
    #expect(now == "\(provider.calls)" && now != "1")
  }

  @Test func afterTheEndTheErrorIsEverybodysAndTheNextCallTriesAgain() async throws {
    let credentials = refreshing
    _ = try await credentials.credentials()
    provider.advance(minutes: 60)
    provider.set(isDown: true)
    for _ in 0..<3 { await #expect(throws: AWSClientError.self) { try await credentials.credentials() } }
    #expect(provider.calls == 4)
    provider.set(isDown: false)
    #expect(try await credentials.credentials()?.accessKeyID == "5")
  }

  @Test func aCallerThatIsCancelledLeavesTheOthersUnharmed() async throws {
    let credentials = refreshing
    provider.hold()
    let first = Task { try await credentials.credentials()?.accessKeyID }
    while provider.calls == 0 { await Task.yield() }
    let second = Task { try await credentials.credentials()?.accessKeyID }
    let third = Task { try await credentials.credentials()?.accessKeyID }
    third.cancel()
    await #expect(throws: CancellationError.self) { try await third.value }
    first.cancel()
    provider.letGo()
    await #expect(throws: CancellationError.self) { try await first.value }
    #expect(try await second.value == "2")
  }

  @Test func credentialsThatHaveEndedAreRefused() async throws {
    let ended = Credentials(accessKeyID: "A", secretAccessKey: "s", expiration: provider.now - 1)
    let credentials = RefreshingCredentials(StaticCredentialProvider(ended), now: { [provider] in provider.now })
    let error = try await #require(throws: AWSClientError.self) { try await credentials.credentials() }
    #expect(error.code == .credentials && error.message.contains("ended at 1970-01-12T13:46:39Z"))
  }

  private static let expired =
    "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>"
  private static let caller =
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn><UserId>u</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"

  private func client(_ transport: ScriptedTransport, _ credentials: any CredentialProvider) throws -> AWSClient {
    var configuration = try AWSConfiguration(.init(region: "us-east-1"), environment: ["HOME": "/nowhere"])
    configuration.credentials = credentials
    return AWSClient(configuration: configuration, transport: transport, sleep: { _ in })
  }

  @Test func aCallWhoseCredentialsHaveEndedFetchesOthersAndIsMadeAgainOnce() async throws {
    let transport = ScriptedTransport([.reply(status: 403, body: Self.expired), .reply(status: 200, body: Self.caller)])
    #expect(try await client(transport, refreshing).call(STSAPI.getCallerIdentity()).account == "1")
    let keys = transport.requests.map { $0.head.headerFields[.authorization]?.split(separator: "/").first }
    #expect(keys == ["AWS4-HMAC-SHA256 Credential=1", "AWS4-HMAC-SHA256 Credential=2"])
  }

  @Test func aSecondRefusalIsTheAnswer() async throws {
    let transport = ScriptedTransport(Array(repeating: .reply(status: 403, body: Self.expired), count: 5))
    await #expect(throws: AWSClientError.self) { try await client(transport, refreshing).call(STSAPI.getCallerIdentity()) }
    #expect(transport.requests.count == 2)
  }

  @Test func keysThatCannotBeRenewedAreNotTriedAgain() async throws {
    let transport = ScriptedTransport(Array(repeating: .reply(status: 403, body: Self.expired), count: 5))
    let fixed = RefreshingCredentials(StaticCredentialProvider(Credentials(accessKeyID: "A", secretAccessKey: "s")))
    await #expect(throws: AWSClientError.self) { try await client(transport, fixed).call(STSAPI.getCallerIdentity()) }
    #expect(transport.requests.count == 1)
  }

  @Test func aCallThatStreamsIsRenewedToo() async throws {
    let error = #"{"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"}"#
    let transport = ScriptedTransport([.reply(status: 403, body: error), .reply(status: 200, body: "{}")])
    let (head, _) = try await client(transport, refreshing).callOnce(BedrockRuntimeAPI.converse("x", body: Data()))
    #expect(head.head.status.code == 200 && transport.requests.count == 2)
  }
}
