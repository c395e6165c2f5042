/// The numbers of `Fits/`.
extension Tuning {
  /// Fits of quotas that refill continuously.
  enum BucketFits {
    /// Seconds of one swing of the emulator's `soft`.
    static let period = 600.0
    /// The amounts, in requests, by which answers may miss the line. Foreign requests arrive one at a time, so the line may jump
    /// by one.
    static let noises = [0.2, 0.5, 1.2]
    static let hierarchicalNoises = [1.2, 2.5, 5]
    /// The penalty on `hierarchical`, a log-likelihood, because a larger noise explains anything a little.
    static let hierarchicalPenalty = 2.0
    /// A bucket may miss its nominal seconds by the share `sizeTolerance` plus one request, and exceed them up to the factor
    /// `sizeMax`, because foreign traffic lowers the rate but not the capacity.
    static let sizeTolerance = 0.06
    static let sizeMax = 1.5
    /// The largest penalty on a bucket of another size, a log-likelihood.
    static let sizePenaltyMax = 200.0
    /// The number of answers, of accepted trials and of 429s that a fit needs.
    static let rowsMin = 12
    static let acceptedMin = 4
    static let throttledMin = 4
    /// The standard deviation of a swing, as a share of the rate. A swing below `swingMin` doesn't count as one.
    static let swing = 0.12
    static let swingMin = 0.08
    /// Precisions (1 ÷ variance) that leave the line's level and slope free.
    static let levelPrecision = 1e-12
    static let slopePrecision = 1e-9
    /// The standard error of the rate has three parts: the fit's own error times (`errorFactor` + `errorPerNoise` · noise up to
    /// the bound), because neighbouring answers aren't independent; half a request over the time; and a share of the rate.
    static let errorFactor = 1.5
    static let errorPerNoise = 0.6
    static let errorNoiseMax = 4.0
    static let errorRequests = 0.5
    static let errorShare = 0.0015
  }

  /// Fits of quotas that count a minute.
  enum WindowFits {
    static let noises = [0.2, 0.4, 0.8, 1.6, 3.2]
    /// The seconds without an accepted trial that indicate a window are half of the rest of the minute, within these bounds.
    static let barrenMin = 3.0
    static let barrenMax = 5.0
    /// Fixed minutes: a run of 429s of at least these seconds ends at the start of a minute; this many ends, and phases of each,
    /// are tried.
    static let resumptionSeconds = 2.0
    static let resumptionsMax = 4
    static let phases = 5
    /// The share of the quota that foreign traffic uses, as one standard deviation.
    static let foreignShare = 0.25
    /// The least-squares start uses this share of the precisions.
    static let startPrecision = 0.1
    /// The penalty for choosing the phase, a log-likelihood.
    static let phasePenalty = 1.5
    /// The standard error of the quota has three parts: the fit's own error times a factor, these requests, and a share of the
    /// quota.
    static let errorFactor = 1.5
    static let errorRequests = 0.3
    static let errorShare = 0.001
  }

  /// Fits of a quota held by reservations.
  enum HoldFits {
    static let noises = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6]
    /// The number of answers that a fit needs.
    static let itemsMin = 40
    /// Multiples of a latency: the shortest expected delay, and the time over which returned tokens are averaged.
    static let delayMin = 0.05
    static let returnWindow = 0.1
    /// The standard error has two parts: the fit's own error times a factor, because neighbouring answers tell much the same, and
    /// a share of the value.
    static let errorFactor = 2.0
    static let errorShare = 0.002
  }

  /// All fits.
  enum Fits {
    /// The most rows that a fit gets; further rows would add nothing.
    static let rowsMax = 900
    static let rowsMaxHold = 1_500
    /// Rows kept on each side of a change between accepted and throttled; of the other rows, one in `farRows` is kept.
    static let nearRows = 8
    static let farRows = 32
    /// No single answer counts more than this log-likelihood against a candidate.
    static let rowMin = -12.0
    /// The likelihood above which another candidate widens the interval.
    static let rivalMin = 0.2
    /// Newton's method: steps, smallest part of a step, and the gain of log-likelihood below which it ends.
    static let stepsMax = 50
    static let stepMin = 1e-6
    static let gainMin = 1e-4
    /// Beyond this many noises from the line, the logarithm of the probability is linear to all digits.
    static let saturation = 30.0
    /// A precision that leaves a coefficient free, and one that keeps least squares solvable.
    static let freePrecision = 1e-12
    static let ridge = 1e-9
  }
}
