/// What the answers tell so far, and whether two analyses in a row agreed.
struct Estimate: Sendable {
  var analysis: Analysis?
  /// The window of the last analysis, where that knew enough.
  private var confirmed: Candidate.Name?
  /// When the last analysis was made, and how many trials had been answered.
  private var madeAt: Int64
  private var madeWith: Int

  init(at now: Int64 = 0, _ log: TrialLog = TrialLog()) {
    madeAt = now
    madeWith = log.resolved
  }

  /// Nanoseconds since the last analysis, and trials answered since.
  func age(at now: Int64) -> Int64 { now - madeAt }
  func fresh(_ log: TrialLog) -> Int { log.resolved - madeWith }

  mutating func mark(at now: Int64, _ log: TrialLog) { (madeAt, madeWith) = (now, log.resolved) }

  /// - Parameter isEnough: whether the present analysis alone suffices.
  /// - Returns: whether it is the second in a row that does, with the same window: only that is a finding.
  mutating func confirm(_ isEnough: Bool) -> Bool {
    let isSame = isEnough && analysis?.best?.name == confirmed
    confirmed = isEnough ? analysis?.best?.name : nil
    return isSame
  }
}
