/// The result of a body, or nil if it isn't there in time. The body is cancelled then, and must end soon after.
/// - Parameter limit: returns when the time is over; its error is thrown.
package func withTimeLimit<Value: Sendable>(
  by limit: @escaping @Sendable () async throws -> Void, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await limit()
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}

/// The result of a body, or nil after a time. The body is cancelled then, and must end soon after.
package func withTimeLimit<Value: Sendable>(
  _ time: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
  try await withTimeLimit(by: { try await Task.sleep(for: time) }, body)
}
