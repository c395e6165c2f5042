/// Tells work that its client has disconnected.
package struct ClientPresence: Sendable {
  /// Told when the client leaves; nil for one that never does.
  private let watch: DisconnectWatch?
  private let executor: (any TaskExecutor)?

  /// - Parameter executor: runs the work of ``during(_:)``.
  init(_ watch: DisconnectWatch, executor: any TaskExecutor) {
    self.watch = watch
    self.executor = executor
  }

  private init() { (watch, executor) = (nil, nil) }

  /// A client that never leaves.
  package static let certain = ClientPresence()

  /// Does work that may take long, and cancels it when the client leaves.
  /// - Throws: what the work throws; after the client has left, usually `CancellationError`.
  package func during<Output: Sendable>(_ work: @escaping @Sendable () async throws -> Output) async throws -> Output {
    let task = Task(executorPreference: executor) { try await work() }
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
