import Synchronization

/// The bytes of request bodies that the gateway holds, bounded in sum. A caller may hold no more than is still free, so that one that
/// floods it leaves room for the others; a caller alone has half.
///
/// The rule is the dynamic threshold of shared-memory switches: Choudhury and Hahne, IEEE/ACM Transactions on Networking, 1998.
package final class HeldBytes: Sendable {
  /// Why a body is not taken.
  package enum Refusal: Error, Sendable, Equatable {
    /// The caller holds its part already.
    case ownPart(held: Int, free: Int)
    /// All callers together hold so much that the body doesn't fit.
    case full(free: Int)

    /// Whether others are in the way, and not the caller's own requests.
    package var isFull: Bool { if case .full = self { true } else { false } }

    package var message: String {
      switch self {
      case .ownPart(let held, let free):
        "The requests of this caller hold \(held) bytes and \(free) are free; a caller may hold as much as is free. Send it later."
      case .full(let free): "The bodies of waiting requests leave \(free) bytes free, too few for this one; send it later."
      }
    }
  }

  private struct State: Sendable {
    var total = 0
    var own: [UInt32: Int] = [:]
  }

  /// The most bytes of all callers together.
  package let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: bytes; 512 MB unless the configuration says otherwise.
  package init(limit: Int = 512_000_000) { self.limit = max(limit, 0) }

  /// Takes room for bytes. Each byte that is taken must be given back once.
  package func take(_ bytes: Int, of tenant: UInt32) throws(Refusal) {
    let bytes = max(bytes, 0)
    try state.withLock { state throws(Refusal) in
      let own = state.own[tenant] ?? 0
      let free = limit - state.total
      guard bytes <= free else { throw own > free ? .ownPart(held: own, free: free) : .full(free: free) }
      guard own <= free - bytes else { throw .ownPart(held: own, free: free) }
      state.total += bytes
      state.own[tenant] = own + bytes
    }
  }

  package func give(_ bytes: Int, of tenant: UInt32) {
    let bytes = max(bytes, 0)
    state.withLock { state in
      state.total = max(0, state.total - bytes)
      let own = (state.own[tenant] ?? 0) - bytes
      state.own[tenant] = own > 0 ? own : nil
    }
  }

  /// Bytes that are held now.
  package var held: Int { state.withLock { $0.total } }
}
