import AWSWire
import Synchronization

/// Bounds the bytes of one listing, so that a server that never stops sending pages doesn't take all memory.
final class ListingBudget: Sendable {
  /// The budget of the listing whose page is fetched in this task.
  @TaskLocal static var current: ListingBudget?
  /// Over ten times the largest listing of an account.
  static let bytesMax = 64 * 1_024 * 1_024

  private let used = Atomic(0)

  /// - Throws: ``AWSClientError`` (`pagination`) if the listing is too large.
  func spend(_ bytes: Int, operation: String) throws {
    let total = used.wrappingAdd(bytes, ordering: .relaxed).newValue
    guard total <= Self.bytesMax else {
      throw AWSClientError(
        .pagination,
        "\(operation) sent over \(Self.bytesMax >> 20) MB, more than any account has. Nothing is shown, because it might be incomplete.",
        operation: operation)
    }
  }
}
