/// The numbers of a search that holds reservations, and of one that counts requests in flight.
extension Tuning {
  enum Hold {
    /// The most quota tokens that a short answer keeps.
    static let keptMax = 120
    /// max_tokens of the first trials: enough to notice a model that gives long answers before it may give longer ones.
    static let openingReply = 128
    /// The number of consecutive short answers before trials get a large max_tokens.
    static let proofs = 5
    /// The smallest max_tokens of a trial.
    static let replyMin = 16.0
    /// The target number of trials in flight when the quota is full: few enough to be cheap, but enough that each is a small
    /// fraction.
    static let parts = 12.0
    /// Restart with another size if the number of trials that fills the quota is outside this range …
    static let sensible = 9.0...40.0
    /// … and the better size differs by more than this share. The better size is at least 1 ÷ `resizeDivisor` of the present one.
    static let resizeMin = 0.2
    static let resizeDivisor = 8
    static let restartsMax = 4
    /// Sizes are shares of the full size, spread by the golden ratio, so that the rest of the quota can be any fraction of a
    /// trial.
    static let sizeMin = 0.4
    static let sizeSpan = 0.6
    /// The mean of these shares.
    static let sizeMean = 0.7
    /// Divisors of the size for the first trials after the quota is full. They find its exact edge before tokens are given back.
    static let fine = [2, 4, 8, 16]

    /// The number of trials sent per latency at the start, as a multiple of the expected number.
    static let fillOverload = 3.0
    /// The shortest latency from which rates are computed, in nanoseconds.
    static let latencyMin: Int64 = 20_000_000
    /// The number of trials sent per trial that ends: at the start, the least and the most; a restart multiplies it by
    /// `restartOverload`.
    static let overload = 2.5
    static let overloadMin = 1.2
    static let overloadMax = 8.0
    static let restartOverload = 1.5
    /// If fewer than `throttledMin` of the `recent` latest trials were throttled, the overload rises; if more than
    /// `throttledMax`, it falls.
    static let recent = 24
    static let throttledMin = 5
    static let throttledMax = 10
    static let raise = 1.2
    static let lower = 0.93
    /// Tenths of the quota that were given back and not reserved again immediately. Above this number, a bucket may have been
    /// full and may
    /// have lost some of its refill.
    static let lostTenths: Int64 = 7

    /// Nanoseconds without a 429 after which a bucket of two seconds may be half full again. It counts only after `quietTrials`
    /// trials.
    static let quiet: Int64 = 800_000_000
    static let quietTrials = 8
    /// Nanoseconds for which the quota must be full before anything is concluded, before a window is (it must show the end of a
    /// minute), and before the search gives up.
    static let full: Int64 = 15 * second
    static let fullWindow: Int64 = 75 * second
    static let fullMax: Int64 = 150 * second
    /// Nanoseconds between two analyses.
    static let analyseAfter: Int64 = 3 * second
    /// If the answers still miss every line by this many trials after these nanoseconds, more answers won't help.
    static let noiseMax = 0.5
    static let noiseAfter: Int64 = 30 * second
    /// The level of a bucket of fewer seconds changes so much within one latency that its rate isn't known well.
    static let bucketSecondsMin = 4.0
    /// The least likelihood of a finding's window, and the largest half width of the interval, as a share of the rate, if a cap
    /// ended the search.
    static let likelihoodMin = 0.9
    static let cappedPrecision = 0.15
  }

  enum Rounds {
    /// The number of trials in the first round; rounds double until a trial is throttled.
    static let first = 8
    /// The number of rounds with a 429 that suffice if the bounds meet; if they don't, or if trials fail, the search ends after
    /// `most` rounds.
    static let enough = 3
    static let most = 8
    /// The number of trials above the bound in later rounds: the bound ÷ `excessDivisor`, but at least `excessMin`.
    static let excessDivisor = 4
    static let excessMin = 2
  }
}
