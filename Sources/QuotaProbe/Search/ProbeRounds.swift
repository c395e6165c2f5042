/// How many requests run at once: rounds of so many, sent before the first of them could end, the next when all have.
struct ProbeRounds: Sendable {
  /// Requests of the round.
  var size = 8
  /// The round's first request.
  var first = 0
  /// Rounds in which something was throttled.
  var throttled = 0
  /// Rounds in which something was lost, or failed for another reason.
  var broken = 0
  var low = 0
  /// nil: nothing was throttled yet.
  var high: Int?

  /// So many rounds have to agree, and no more than so many are tried.
  static let enough = 3
  static let most = 8
}
