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
    // A connection that is closed has no handlers any more.
    let watch = try? await channel?.pipeline.handler(type: DisconnectWatch.self).get()
    if channel != nil, watch == nil { task.cancel() }
    let id = watch?.watch { task.cancel() }
    defer { if let id { watch?.forget(id) } }
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    return try result.get()
  }
}
