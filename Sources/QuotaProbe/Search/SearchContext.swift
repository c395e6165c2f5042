/// The values that every phase reads: the options, the expected quotas and the log of trials.
struct SearchContext: Sendable {
  let options: ProbeOptions
  let prior: ProbePrior
  var log = TrialLog()

  /// The fastest rate, in trials per second, at which the limit on trials in flight isn't reached.
  var rateMax: Double {
    Tuning.inFlightShare * Double(options.inFlightMax) / max(Double(log.latency) / 1e9, Tuning.latencyMin)
  }
}
