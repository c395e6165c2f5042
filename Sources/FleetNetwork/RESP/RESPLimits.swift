/// What one reply may be at most. A server that sends more is not ours, and its connection is closed.
struct RESPLimits: Sendable {
  /// The longest line, in bytes.
  var lineBytesMax = 65_536
  /// The longest text that has its length before it.
  var bulkBytesMax = 16 << 20
  /// All of a reply, in bytes.
  var replyBytesMax = 64 << 20
  /// All values of a reply, those inside of others included.
  var valuesMax = 1_000_000
  /// How deep values may lie in each other.
  var depthMax = 8
}

/// A reply that breaks the protocol or exceeds ``RESPLimits``.
struct RESPFailure: Error, Equatable {
  /// What is wrong, for messages.
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
