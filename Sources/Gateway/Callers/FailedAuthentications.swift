import AdmissionControl
import Synchronization

/// Counts failed authentications, and bounds how many bodies are received for credentials that nobody knows.
package final class FailedAuthentications: Sendable {
  /// A closed set, for metrics.
  package enum Reason: String, Sendable, CaseIterable {
    /// No credential.
    case missing
    /// One that can't be read, or two.
    case malformed
    /// A token or an access key that nobody knows, or a wrong signature; which of them is nobody's business.
    case unknown
    /// A date too far from ours.
    case expired
    /// Another service, Region or date than the signature may have.
    case scope
    /// A header that must be signed and isn't.
    case unsigned
    /// A web page, or a name that could be one's, where any credential is let in.
    case browser
  }

  /// Failures at a time from one address, and those that it gets back per minute.
  static let peerBurst: Int64 = 20
  static let peerRate: Int64 = 60
  /// The same of all addresses.
  static let burst: Int64 = 500
  static let rate: Int64 = 6_000
  private static let peersMax = 4_096

  private struct State {
    var counts: [Reason: Int] = [:]
    var refusedEarly = 0
    var cut = 0
    var all: Meter?
    var peers: [String: Meter] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  func count(_ reason: Reason) {
    state.withLock { $0.counts[reason, default: 0] += 1 }
  }

  /// Whether the body of a request with an unknown access key may be received, so that it takes as long as one with a wrong
  /// signature. Beyond the allowance, such a request is refused by its head.
  /// - Parameter now: nanoseconds of any clock that doesn't go back.
  func affords(peer: String, at now: Int64) -> Bool {
    state.withLock { state in
      if state.all == nil { state.all = Meter(rate: Self.rate, capacity: Self.burst, period: .minute, at: now) }
      if state.peers[peer] == nil, state.peers.count >= Self.peersMax {
        state.peers = state.peers.filter { entry in
          var meter = entry.value
          meter.refill(at: now)
          return meter.level < meter.capacity
        }
        // All of them fail at this moment. The sum still bounds them.
        if state.peers.count >= Self.peersMax { state.peers.removeAll() }
      }
      let fits =
        state.peers[peer, default: Meter(rate: Self.peerRate, capacity: Self.peerBurst, period: .minute, at: now)]
        .take(Meter.micro, at: now) && (state.all?.take(Meter.micro, at: now) ?? false)
      if !fits { state.refusedEarly += 1 }
      return fits
    }
  }

  /// A failure beyond the allowance ended its connection.
  func countCut() { state.withLock { $0.cut += 1 } }

  /// Failures whose connections ended.
  var cut: Int { state.withLock { $0.cut } }

  /// Failures by reason, and how many were refused before their body.
  package func snapshot() -> (counts: [Reason: Int], refusedEarly: Int) { state.withLock { ($0.counts, $0.refusedEarly) } }
}
