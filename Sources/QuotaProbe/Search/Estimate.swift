/// The latest analysis of the answers, and whether it agrees with the one before.
struct Estimate: Sendable {
  var analysis: Analysis?
  /// The window of the last analysis; nil if that analysis didn't suffice.
  private var confirmed: Candidate.Name?
  /// The time of the last analysis, and the number of trials answered by then.
  private var madeAt: Int64
  private var madeWith: Int

  init(at now: Int64 = 0, _ log: TrialLog = TrialLog()) {
    madeAt = now
    madeWith = log.resolved
  }

  /// Nanoseconds since the last analysis.
  func age(at now: Int64) -> Int64 { now - madeAt }
  /// The number of trials answered since the last analysis.
  func fresh(_ log: TrialLog) -> Int { log.resolved - madeWith }

  mutating func mark(at now: Int64, _ log: TrialLog) { (madeAt, madeWith) = (now, log.resolved) }

  /// - Parameter isEnough: whether the present analysis alone suffices.
  /// - Returns: whether two consecutive analyses sufficed and agree on the window. Only then is there a finding.
  mutating func confirm(_ isEnough: Bool) -> Bool {
    let isSame = isEnough && analysis?.best?.name == confirmed
    confirmed = isEnough ? analysis?.best?.name : nil
    return isSame
  }
}
