import AWSServer
import Synchronization

/// The room that the body of one request takes, from its head until the request has ended. It is given back at the latest when nobody
/// holds this object, so that a body that never comes whole can't keep it.
final class HeldBody: Sendable {
  private struct State: Sendable {
    var bytes: Int
    var tenant: UInt32
  }

  private let room: HeldBytes
  private let state: Mutex<State>

  /// Takes room for a body that is still to come.
  /// - Parameter bytes: its length, or the most that it may have.
  init(_ bytes: Int, of tenant: UInt32, in room: HeldBytes) throws(HeldBytes.Refusal) {
    // A request without a body is never in the way of others.
    if bytes > 0 { try room.take(bytes, of: tenant) }
    self.room = room
    state = Mutex(State(bytes: bytes, tenant: tenant))
  }

  deinit { release() }

  /// The body is here, and whose it is is known.
  func arrived(_ bytes: Int, of tenant: UInt32) throws(HeldBytes.Refusal) {
    let before = state.withLock { $0 }
    guard before.bytes != bytes || before.tenant != tenant else { return }
    release()
    if bytes > 0 { try room.take(bytes, of: tenant) }
    state.withLock { $0 = State(bytes: bytes, tenant: tenant) }
  }

  func release() {
    let held = state.withLock { state in
      defer { state.bytes = 0 }
      return state
    }
    if held.bytes > 0 { room.give(held.bytes, of: held.tenant) }
  }

  /// Who pays for bodies from an address until their signature is verified: whoever knows the name of a key could otherwise fill its part.
  static func stranger(_ peer: String) -> UInt32 { 0x8000_0000 | UInt32(truncatingIfNeeded: peer.hashValue) }

  /// The bytes to take for a head: what it announces; the most that may come if it announces nothing; none if no body follows.
  static func announced(by head: ServerRequest, bytesMax: Int) -> Int {
    if let text = head.header("content-length") {
      // The server refuses what is longer, and keeps none of it.
      guard let length = Int(text), (0...bytesMax).contains(length) else { return 0 }
      return length
    }
    return head.header("transfer-encoding") == nil ? 0 : bytesMax
  }
}
