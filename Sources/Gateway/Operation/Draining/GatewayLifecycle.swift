package import AWSServer
package import UnixSignals

/// Serves until a signal has ended it, by the rules of ``GatewayDrain``.
package struct GatewayLifecycle: Sendable {
  /// What happens around the server.
  private enum Event: Sendable {
    case signal(UnixSignal)
    case timer
    case served
  }

  private let limits: GatewayDrain.Limits
  private let drain: HTTPDrain
  private let onAction: @Sendable (GatewayDrain.Action) -> Void
  private let onHangUp: @Sendable () async -> Void

  /// - Parameters:
  ///   - drain: the one that the server was made with.
  ///   - onAction: called for each step of the end, before it is taken: for ``GatewayHealth`` and ``StateLog``.
  ///   - onHangUp: SIGHUP: reads the configuration again, and opens the access log again.
  package init(
    _ limits: GatewayDrain.Limits, drain: HTTPDrain, onAction: @escaping @Sendable (GatewayDrain.Action) -> Void,
    onHangUp: @escaping @Sendable () async -> Void
  ) {
    self.limits = limits
    self.drain = drain
    self.onAction = onAction
    self.onHangUp = onHangUp
  }

  /// The signals that the gateway knows.
  package static let signals: [UnixSignal] = [.sigterm, .sigint, .sighup]

  /// Serves until `serve` returns, which it does when it is cancelled or has drained.
  /// - Parameter signals: those of the process, usually; they must have been trapped before the first request.
  /// - Throws: what `serve` throws.
  package func run<Signals: AsyncSequence & Sendable>(
    signals: Signals, serve: @escaping @Sendable () async throws -> Void
  ) async throws where Signals.Element == UnixSignal {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for try await signal in signals { continuation.yield(.signal(signal)) }
      }
      // A reload may take long, and no signal to end must wait for it. Those that come meanwhile are one.
      let (hangUps, hangUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      group.addTask { [onHangUp] in
        for await _ in hangUps { await onHangUp() }
      }
      let serving = Task {
        defer { continuation.yield(.served) }
        try await serve()
      }
      await withTaskCancellationHandler {
        await follow(events, continuation, hangUp, serving)
      } onCancel: {
        serving.cancel()
      }
      group.cancelAll()
      try? await group.waitForAll()
      try await serving.value
    }
  }

  private func follow(
    _ events: AsyncStream<Event>, _ continuation: AsyncStream<Event>.Continuation, _ hangUp: AsyncStream<Void>.Continuation,
    _ serving: Task<Void, any Error>
  ) async {
    var state = GatewayDrain(limits)
    var timer: Task<Void, Never>?
    defer { timer?.cancel() }
    for await event in events {
      let action: GatewayDrain.Action
      switch event {
      case .served: return
      case .signal(.sighup):
        hangUp.yield()
        continue
      case .signal(let signal): action = state.signalled(isInteractive: signal == .sigint, at: .now)
      case .timer: action = state.passed(at: .now)
      }
      guard action != .none else { continue }
      onAction(action)
      switch action {
      case .none: break
      case .announce: drain.announce()
      case .finish: drain.begin()
      case .end: serving.cancel()
      }
      timer?.cancel()
      timer = state.deadline.map { deadline in
        Task {
          try? await Task.sleep(until: deadline, clock: .continuous)
          if !Task.isCancelled { continuation.yield(.timer) }
        }
      }
    }
  }
}
