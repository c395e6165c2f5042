import NIOCore

/// Tells work that its client has disconnected.
package struct ClientPresence: Sendable {
  /// The client's connection; nil for one that never leaves.
  private let channel: (any Channel)?

  init(on channel: any Channel) { self.channel = channel }

  private init() { channel = nil }

  /// A client that never leaves.
  package static let certain = ClientPresence()

  /// Does work that may take long, and cancels it when the client leaves.
  /// - Throws: what the work throws; after the client has left, usually `CancellationError`.
  package func during<Output: Sendable>(_ work: @escaping @Sendable () async throws -> Output) async throws -> Output {
    let task = Task { try await work() }
    let watch = DisconnectWatch { task.cancel() }
    if let channel {
      try? await channel.pipeline.addHandler(watch, position: .first).get()
      if !channel.isActive { task.cancel() }  // The client left before the watch was added.
    }
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    try? await channel?.pipeline.removeHandler(watch).get()
    return try result.get()
  }
}
