import Synchronization

/// The plain http endpoints that were warned of.
final class PlainEndpoints: Sendable {
  private let authorities = Mutex<Set<String>>([])

  /// Whether an endpoint is new.
  func isNew(_ authority: String) -> Bool { authorities.withLock { $0.insert(authority).inserted } }
}
