import AWSServer
import Foundation
import Gateway
import Logging
import Synchronization
import Testing
import UnixSignals

@Suite struct GatewayLifecycleTests {
  /// A lifecycle whose signals are sent by the test.
  private struct Life {
    let drain = HTTPDrain()
    let actions = Shared<[GatewayDrain.Action]>([])
    let signal: AsyncStream<UnixSignal>.Continuation
    private let signals: AsyncStream<UnixSignal>

    init() { (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self) }

    func run(delay: Duration = .zero, finish: Duration = .seconds(600), serve: @escaping @Sendable () async throws -> Void)
      async throws
    {
      var limits = GatewayDrain.Limits()
      (limits.delay, limits.finish) = (delay, finish)
      let actions = actions
      let lifecycle = GatewayLifecycle(
        limits, drain: drain, onAction: { action in actions.change { $0.append(action) } },
        onHangUp: {})
      try await lifecycle.run(signals: signals, serve: serve)
    }
  }

  /// A value that several tasks change.
  private final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func change(_ body: (inout Value) -> Void) { value.withLock { body(&$0) } }
    var now: Value { value.withLock { $0 } }
  }

  /// Never returns unless it is cancelled.
  @Sendable private static func forever() async throws { try await Task.sleep(for: .seconds(86_400)) }

  private func server(_ drain: HTTPDrain) -> HTTPServer {
    HTTPServer(
      host: "127.0.0.1", port: 0, drain: drain, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _ in .reply(.json(Data())) }
  }

  @Test func aSignalDrainsTheServer() async throws {
    let life = Life()
    let server = server(life.drain)
    try await life.run(delay: .milliseconds(1)) {
      try await server.run(stopsOnSignals: false) { _ in life.signal.yield(.sigterm) }
    }
    #expect(life.actions.now == [.announce, .finish])
  }

  @Test func aSecondSignalCancels() async {
    let life = Life()
    life.signal.yield(.sigterm)
    life.signal.yield(.sigterm)
    await #expect(throws: CancellationError.self) { try await life.run(delay: .seconds(3_600), serve: Self.forever) }
    #expect(life.actions.now == [.announce, .end])
  }

  @Test func whatDoesNotFinishIsCutOff() async {
    let life = Life()
    life.signal.yield(.sigint)
    await #expect(throws: CancellationError.self) { try await life.run(finish: .milliseconds(1), serve: Self.forever) }
    #expect(life.actions.now == [.finish, .end])
  }

  /// A reload that takes long must not keep anybody from ending the program.
  @Test func aHangUpEndsNothingAndHoldsNothingUp() async {
    let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
    let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
    let lifecycle = GatewayLifecycle(
      .init(), drain: HTTPDrain(), onAction: { _ in },
      onHangUp: {
        beginning.yield()
        try? await Self.forever()
      })
    signal.yield(.sighup)
    await #expect(throws: CancellationError.self) {
      try await lifecycle.run(signals: signals) {
        _ = await begun.first { _ in true }
        signal.yield(.sigint)
        signal.yield(.sigint)
        try await Self.forever()
      }
    }
  }

  @Test func aServerThatCannotStartSaysWhy() async {
    struct Failure: Error {}
    await #expect(throws: Failure.self) { try await Life().run { throw Failure() } }
  }

  @Test func aCancelledTaskCancelsTheServer() async throws {
    let (started, starting) = AsyncStream.makeStream(of: Void.self)
    let running = Task {
      try await Life().run {
        starting.yield()
        try await Self.forever()
      }
    }
    _ = await started.first { _ in true }
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
  }
}
