/// Who sent a request, and what it may do. It never changes, and each of its requests refers to the same one.
package final class Caller: Sendable {
  /// A key of the configuration, or what a credential that nobody verified says. It is safe to print, and has at most 80 characters.
  package let name: String
  /// The tenant of the limiter. It stays the same across reloads.
  package let index: UInt32
  /// Whether the name was proven by a secret.
  package let isVerified: Bool
  /// The weight among the callers of the same priority.
  package let share: Double
  package let priority: CallerPriority
  /// The longest that a request waits; nil: that of the queue.
  package let waitMax: Duration?
  /// The longest body of a request; nil: that of all requests.
  package let bodyBytesMax: Int?
  /// nil: no limit.
  package let budget: CallerAccount?
  /// Whether its models or its use are limited.
  package let isLimited: Bool
  private let models: [ModelPattern]

  init(_ key: CallerKey, index: UInt32, isVerified: Bool, budget: CallerAccount?) {
    name = key.name
    self.index = index
    self.isVerified = isVerified
    share = key.share
    priority = key.priority
    waitMax = key.waitMax
    bodyBytesMax = key.bodyBytesMax
    self.budget = budget
    models = key.models
    isLimited = !key.models.isEmpty || !key.budget.isEmpty
  }

  /// Whether the caller may invoke an id.
  package func mayInvoke(_ id: String) -> Bool { models.isEmpty || models.contains { $0.matches(id) } }
}
