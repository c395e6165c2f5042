import Synchronization

/// The quotas per second of ApplyGuardrail in one Region: requests, and text units of each policy. Each is a bucket of one second
/// of the quota. A request that doesn't fit into all of them takes nothing.
final class GuardrailMeters: Sendable {
  /// The code of "(Guardrails) On-demand ApplyGuardrail requests per second".
  private static let requests = "L-9072D6F0"
  private static let second = QuotaSemantics(name: "second", window: .bucket(seconds: 1))
  private static let period: Int64 = 1_000_000_000

  /// The value of a quota now; nil if the account has none, which limits nothing.
  private let quota: @Sendable (String) -> Double?
  private let clock: EmulatorClock
  /// By the codes of the quotas.
  private let windows = Mutex<[String: QuotaWindow]>([:])

  init(clock: EmulatorClock, quota: @escaping @Sendable (String) -> Double?) {
    self.clock = clock
    self.quota = quota
  }

  /// Takes the units of a request; false if they don't fit.
  func take(_ units: GuardrailUnits, by guardrail: Guardrail) -> Bool {
    var amounts: [(code: String, amount: Int64)] = [(Self.requests, 1)]
    for (kind, count) in units.units where count > 0 {
      if let code = kind.unitsQuota(isStandard: guardrail.isStandard(kind)) { amounts.append((code, Int64(count))) }
    }
    return windows.withLock { windows in
      let now = clock.now
      var taken: [String: QuotaWindow] = [:]
      for (code, amount) in amounts {
        guard let value = quota(code) else { continue }
        let whole = QuotaWindow.whole(value)
        var window =
          windows[code]
          ?? QuotaWindow(
            quota: whole, semantics: Self.second, period: Self.period, origin: clock.nanosecondsAtStart, at: now)
        if window.quota != whole { window.setQuota(whole, at: now) }
        guard window.holds(amount, at: now) else { return false }
        _ = window.debit(amount, at: now)
        taken[code] = window
      }
      windows.merge(taken) { $1 }
      return true
    }
  }

  /// Fills all meters.
  func reset() { windows.withLock { $0 = [:] } }
}
