import FleetStore

/// An operation and its reply as a line of JSON, which Tests/clients/fleet_trace.py plays, too.
struct TraceLine: Encodable {
  /// Number of the trace; each begins with an empty store.
  var trace: Int
  /// Whether the store lost everything before.
  var lost: Bool
  var now: Int64
  var member: String
  var sequence: Int64
  var weight: Int64
  var horizon: Int64
  /// 1 strict, 2 leaving, 4 throttled.
  var flags: Int
  var version: Int64
  /// Kind, rate, capacity, burst of each meter.
  var limits: [[Int64]]
  var reserved: [Int64]
  var predicted: [Int64]
  var fallback: Int64
  var share: Int64
  var hintEpoch: Int64
  var hints: [Int64]
  /// Slot and units.
  var credits: [[Int64]]
  /// For each bundle, what it reserves of each meter, then what is predicted.
  var bundles: [[[Int64]]]
  /// The numbers of the script's reply; lists in it follow as one list each.
  var reply: [[Int64]]

  init(_ trace: Int, _ operation: Operation, _ reply: SyncReply) {
    let request = operation.request
    self.trace = trace
    lost = !operation.lost.isEmpty
    now = operation.now
    (member, sequence, weight, horizon) = (request.member, request.sequence, request.weight, request.horizon)
    flags = (request.isStrict ? 1 : 0) + (request.isLeaving ? 2 : 0) + (request.isThrottled ? 4 : 0)
    version = request.version
    limits = request.meters.map { [$0.limit.kind.rawValue, $0.limit.rate, $0.limit.capacity, $0.limit.burst] }
    reserved = request.meters.map(\.owed.reserved)
    predicted = request.meters.map(\.owed.predicted)
    (fallback, share, hintEpoch) = (request.fallback, request.share, request.hintEpoch)
    hints = request.meters.map(\.hintLevel)
    credits = request.credits.map { [$0.slot, $0.units] }
    bundles = request.bundles.map { [$0.map(\.reserved), $0.map(\.predicted)] }
    switch reply {
    case .duplicate(let epoch, let now): self.reply = [[0, epoch, now]]
    case .answer(let answer):
      self.reply = [
        [
          1, answer.epoch, answer.now, Int64(answer.delays.count), answer.wait, answer.members, answer.waiting, answer.total,
          answer.slot, answer.version,
        ], answer.levels, answer.delays, answer.limits.flatMap { [$0.rate, $0.capacity, $0.burst] },
      ]
    }
  }
}
