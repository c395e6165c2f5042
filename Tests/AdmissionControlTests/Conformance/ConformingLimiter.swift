import AdmissionControl

/// Anything that admits requests at the rate of one limit, or says how long to wait.
protocol ConformingLimiter {
  /// Takes what was asked for, if it is free.
  mutating func ask(_ units: Int64, at now: Int64) -> Answer
  /// Ends a request: replaces what it held by what it cost.
  mutating func end(_ ticket: Ticket, final: Int64, at now: Int64)
}

enum Answer {
  case admitted(Ticket)
  case wait(Int64)
  case never
}

struct Ticket {
  var units: Int64
  var slot: Int64 = 0
  var lease: Lease?
}

/// A bare meter: the pacer, or the meter of a gate.
struct BucketLimiter: ConformingLimiter {
  var meter: Meter

  mutating func ask(_ units: Int64, at now: Int64) -> Answer {
    meter.refill(at: now)
    guard let wait = meter.wait(for: units * Meter.micro) else { return .never }
    guard wait == 0 else { return .wait(wait) }
    meter.debit(units * Meter.micro)
    return .admitted(Ticket(units: units))
  }

  mutating func end(_ ticket: Ticket, final: Int64, at now: Int64) {
    meter.credit((ticket.units - final) * Meter.micro, at: now)
  }
}

/// A bare strict window.
struct WindowLimiter: ConformingLimiter {
  var window: StrictWindow
  var limit: Int64

  mutating func ask(_ units: Int64, at now: Int64) -> Answer {
    window.advance(to: now)
    guard let wait = window.wait(for: units, limit: limit, at: now) else { return .never }
    guard wait == 0 else { return .wait(wait) }
    return .admitted(Ticket(units: units, slot: window.add(units, at: now)))
  }

  mutating func end(_ ticket: Ticket, final: Int64, at now: Int64) {
    window.change(ticket.slot, by: final - ticket.units, at: now)
  }
}

/// The whole state machine. A request that would wait gives up at once, so that none is ahead of the next.
struct StateLimiter: ConformingLimiter {
  var state: AdmissionState

  mutating func ask(_ units: Int64, at now: Int64) -> Answer {
    switch state.arrive(Request(cost: .exactly(units)), at: now) {
    case .admitted(let lease): return .admitted(Ticket(units: units, lease: lease))
    case .waiting(let id, let eta):
      _ = state.cancel(id, at: now)
      return .wait(eta)
    case .refused: return .never
    }
  }

  mutating func end(_ ticket: Ticket, final: Int64, at now: Int64) {
    guard let lease = ticket.lease else { return }
    state.settle(lease, .completed(Amounts(tokens: final, inputTokens: final, outputTokens: final)), at: now)
  }
}

/// The limiters that the suite tests, and what each promises.
enum LimiterKind: String, CaseIterable {
  case pacer, ledger, window, bucket, strict, auto, bucketWithoutPacer

  func limiter(_ limit: Int64, at now: Int64 = 0) -> any ConformingLimiter {
    switch self {
    case .pacer, .ledger:
      BucketLimiter(meter: Meter(rate: limit, capacity: largest(limit), period: .minute, at: now))
    case .window: WindowLimiter(window: StrictWindow(at: now), limit: limit)
    case .bucket: StateLimiter(state: AdmissionState(.plain([Limit(.tokensPerMinute, limit)]), at: now))
    case .strict: StateLimiter(state: AdmissionState(.plain([Limit(.tokensPerMinute, limit)], profile: .strict), at: now))
    case .auto: StateLimiter(state: AdmissionState(.plain([Limit(.tokensPerMinute, limit)], profile: .auto), at: now))
    case .bucketWithoutPacer: StateLimiter(state: AdmissionState(slack(limit), at: now))
    }
  }

  private func slack(_ limit: Int64) -> LimiterConfiguration {
    var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, limit)])
    configuration.burst = .seconds(60)
    return configuration
  }

  /// Units that may go at once after an idle time, in small requests.
  func burst(_ limit: Int64) -> Int64 {
    switch self {
    case .pacer, .bucket, .strict, .auto: limit / 60
    case .ledger, .bucketWithoutPacer: limit * 95 / 100
    case .window: limit
    }
  }

  /// The largest request that isn't refused for good.
  func largest(_ limit: Int64) -> Int64 {
    switch self {
    case .pacer: limit / 60
    case .ledger: limit * 95 / 100
    default: limit
    }
  }

  /// Whether only the sum over a minute counts.
  var isWindow: Bool { self == .window }
}
