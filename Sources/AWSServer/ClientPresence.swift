/// Tells work that its client has disconnected.
package struct ClientPresence: Sendable {
  /// Calls a closure when the client leaves, until the closure that it returns is called.
  private let watch: @Sendable (@escaping @Sendable () -> Void) async -> @Sendable () async -> Void

  init(watch: @escaping @Sendable (@escaping @Sendable () -> Void) async -> @Sendable () async -> Void) { self.watch = watch }

  /// A client that never leaves.
  package static let certain = ClientPresence { _ in {} }

  /// Does work that may take long, and cancels it when the client leaves.
  /// - Throws: what the work throws; after the client has left, usually `CancellationError`.
  package func during<Output: Sendable>(_ work: @escaping @Sendable () async throws -> Output) async throws -> Output {
    let task = Task { try await work() }
    let end = await watch { task.cancel() }
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    await end()
    return try result.get()
  }
}
