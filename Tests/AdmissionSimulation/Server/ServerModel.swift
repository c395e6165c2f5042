package import AdmissionControl

/// A server with its quotas: accepts a request if each has room, and settles it when it ends.
///
/// Written from the definitions of the semantics alone. It shares the limiter's names for amounts and measures, but none of its
/// arithmetic.
package struct ServerModel: Sendable {
  /// What an accepted request holds.
  package struct Ticket: Sendable {
    fileprivate var shard: Int
    fileprivate var started: Amounts
    /// One for each meter.
    fileprivate var windows: SIMD8<Int64>
  }

  package enum Answer: Sendable {
    case letIn(Ticket)
    /// The quota that had no room.
    case refused(Measure)
  }

  private struct Meter: Sendable {
    let measure: Measure
    var quota: Int64
    var windows: [ServerWindow]
    /// What the quota has brought by `suppliedTo`, in quota × ripened nanoseconds; less what others took.
    var supplied: Int128 = 0
    var suppliedTo: Int64 = 0
    var foreign: Int128 = 0

    var period: Int64 { measure == .tokensPerDay ? 86_400_000_000_000 : 60_000_000_000 }

    mutating func supply(to time: Int64) {
      supplied += Int128(quota) * Int128(time - suppliedTo)
      suppliedTo = time
    }
  }

  package let semantics: Semantics
  private var meters: [Meter]
  private var lot: Random

  /// - Parameter limits: per minute or day; limits on concurrency are the client's own affair.
  package init(_ semantics: Semantics, limits: [Limit], seed: UInt64) {
    self.semantics = semantics
    lot = Random(seed: seed)
    let phase = Int64(lot.below(60_000)) * 1_000_000
    meters = limits.filter { $0.measure != .concurrency }.prefix(8).map { limit in
      let isDay = limit.measure == .tokensPerDay
      let window =
        isDay ? ServerWindow.day(quota: limit.value) : ServerWindow(quota: limit.value, semantics: semantics, phase: phase)
      return Meter(
        measure: limit.measure, quota: limit.value, windows: Array(repeating: window, count: isDay ? 1 : semantics.shards))
    }
  }

  package var measures: [Measure] { meters.map(\.measure) }

  package mutating func start(_ reserved: Amounts, at time: Int64) -> Answer {
    let shard = semantics.shards == 1 ? 0 : lot.below(semantics.shards)
    for index in meters.indices {
      let place = min(shard, meters[index].windows.count - 1)
      guard meters[index].windows[place].has(reserved.counted(by: meters[index].measure), at: time) else {
        return .refused(meters[index].measure)
      }
    }
    var ticket = Ticket(shard: shard, started: reserved, windows: .zero)
    for index in meters.indices {
      let place = min(shard, meters[index].windows.count - 1)
      ticket.windows[index] = meters[index].windows[place].start(reserved.counted(by: meters[index].measure), at: time)
    }
    return .letIn(ticket)
  }

  package mutating func settle(_ ticket: Ticket, final: Amounts, at time: Int64) {
    for index in meters.indices {
      let measure = meters[index].measure
      meters[index].windows[min(ticket.shard, meters[index].windows.count - 1)].settle(
        ticket.windows[index], started: ticket.started.counted(by: measure), final: final.counted(by: measure), at: time)
    }
  }

  /// A request of another client of the quota. It takes its tokens, into debt if need be, and ends at once.
  package mutating func foreign(_ amounts: Amounts, at time: Int64) {
    let shard = semantics.shards == 1 ? 0 : lot.below(semantics.shards)
    for index in meters.indices {
      let tokens = amounts.counted(by: meters[index].measure)
      _ = meters[index].windows[min(shard, meters[index].windows.count - 1)].take(tokens, at: time)
      meters[index].foreign += Int128(tokens)
    }
  }

  package mutating func setQuota(_ measure: Measure, _ quota: Int64, at time: Int64) {
    for index in meters.indices where meters[index].measure == measure {
      meters[index].supply(to: ripened(time, measure))
      meters[index].quota = quota
      for shard in meters[index].windows.indices { meters[index].windows[shard].setQuota(quota, at: time) }
    }
  }

  private func ripened(_ time: Int64, _ measure: Measure) -> Int64 {
    measure == .tokensPerDay ? time : semantics.ripened(by: time)
  }

  /// As large as a real limit: tokens or requests that a quota has brought since the beginning, less what others took of them.
  package mutating func supplied(_ measure: Measure, by time: Int64) -> Double {
    guard let index = meters.firstIndex(where: { $0.measure == measure }) else { return .infinity }
    meters[index].supply(to: ripened(time, measure))
    return Double(meters[index].supplied) / Double(meters[index].period) - Double(meters[index].foreign)
  }

  package func quota(_ measure: Measure) -> Int64? { meters.first { $0.measure == measure }?.quota }

  /// What is free of a quota in its emptiest shard. Negative: debt.
  package mutating func room(_ measure: Measure, at time: Int64) -> Double {
    guard let index = meters.firstIndex(where: { $0.measure == measure }) else { return .infinity }
    var least = Double.infinity
    for shard in meters[index].windows.indices { least = min(least, meters[index].windows[shard].room(at: time)) }
    return least
  }
}

extension Amounts {
  /// The units that a quota counts for a request.
  func counted(by measure: Measure) -> Int64 {
    switch measure {
    case .requestsPerMinute, .concurrency: 1
    case .tokensPerMinute, .tokensPerDay: tokens
    case .inputTokensPerMinute: inputTokens
    case .outputTokensPerMinute: outputTokens
    }
  }
}
