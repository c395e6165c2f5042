#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// botocore's retry mode `adaptive`, from its constants (botocore 1.43: `retries/{adaptive,throttling,bucket,standard,quota}.py`).
///
/// A CUBIC rate of requests for each client object, which the first refusal switches on. It counts requests, not tokens.
package struct BotocoreAdaptive: Policy {
  private static let beta = 0.7
  private static let scale = 0.4
  private static let smoothing = 0.8
  private static let slotSeconds = 0.5
  private static let rateMin = 0.5

  private var random: Random
  // throttling.py
  private var rateMax = 0.0
  private var lastFailure = 0.0
  private var recovery = 0.0
  private var isEnabled = false
  // bucket.py
  private var rate = 0.5
  private var capacity = 1.0
  private var tokens = 1.0
  private var refilledAt = 0.0
  // The clock of measured rates.
  private var measured = 0.0
  private var slot = 0.0
  private var slotCount = 0.0
  // quota.py
  private var retryQuota = 500
  private var queue: [CallID] = []
  private var first = 0

  package init(seed: UInt64) { random = Random(seed: seed) }

  package mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict {
    guard isEnabled else { return .send }
    queue.append(id)
    return .wait
  }

  package mutating func giveUp(_ id: CallID, at now: Int64) {
    if let place = queue[first...].firstIndex(of: id) { queue.remove(at: place) }
  }

  package mutating func next(at now: Int64) -> Step? {
    refill(at: now)
    guard first < queue.count, tokens >= 1 else { return nil }
    tokens -= 1
    defer {
      first += 1
      if first > 1_024 {
        queue.removeFirst(first)
        first = 0
      }
    }
    return .send(queue[first])
  }

  package var wakeAt: Int64? {
    first < queue.count ? Int64((refilledAt + max(1 - tokens, 0) / rate) * 1e9) + 1_000 : nil
  }

  private mutating func refill(at now: Int64) {
    let seconds = Double(now) / 1e9
    guard seconds > refilledAt else { return }
    tokens = min(capacity, tokens + rate * (seconds - refilledAt))
    refilledAt = seconds
  }

  package mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel {
    let seconds = Double(now) / 1e9
    measure(seconds)
    if case .throttled = reply { slowDown(seconds) } else { speedUp(seconds) }
    switch reply {
    case .throttled, .capacity:
      guard ask.attempts < JitteredRetry.attemptsMax, retryQuota >= 5 else { return .over }
      retryQuota -= 5
      return .again(after: JitteredRetry.delay(afterAttempt: ask.attempts, &random))
    case .completed:
      retryQuota = min(500, retryQuota + (ask.attempts > 1 ? 5 : 1))
      return .over
    case .broken, .unknown, .unsent: return .over
    }
  }

  private mutating func measure(_ seconds: Double) {
    slotCount += 1
    let current = (seconds / Self.slotSeconds).rounded(.down) * Self.slotSeconds
    guard current > slot else { return }
    measured = slotCount / (current - slot) * Self.smoothing + measured * (1 - Self.smoothing)
    slotCount = 0
    slot = current
  }

  private mutating func slowDown(_ seconds: Double) {
    let used = isEnabled ? min(measured, rate) : measured
    rateMax = used
    recovery = cbrt(rateMax * (1 - Self.beta) / Self.scale)
    lastFailure = seconds
    isEnabled = true
    set(rate: Self.beta * used, seconds)
  }

  private mutating func speedUp(_ seconds: Double) {
    let since = seconds - lastFailure - recovery
    set(rate: Self.scale * since * since * since + rateMax, seconds)
  }

  private mutating func set(rate new: Double, _ seconds: Double) {
    refill(at: Int64(seconds * 1e9))
    rate = max(min(new, 2 * measured), Self.rateMin)
    capacity = max(rate, 1)
    tokens = min(tokens, capacity)
  }
}
