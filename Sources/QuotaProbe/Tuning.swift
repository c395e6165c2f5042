/// Every number of the probe that someone chose.
///
/// Unless a line names another source, a number was tuned by hand on simulated services: `probe-simulation` draws each service
/// from a seed (semantics, quotas, foreign traffic, latency) and compares what a search finds with the truth. To judge a change,
/// compare the summaries before and after. No command derives a number by itself.
///
/// | numbers | command | goal |
/// |---|---|---|
/// | ``Opening``, ``Burst``, ``Plateau``, ``Rebursts``, ``BucketFits``, ``WindowFits`` | `probe-simulation 1 400` | rate within 3 % for 95 of 100 seeds, the interval covers the truth for 93 |
/// | the same, where 429s don't name the quota | `probe-simulation 1 400 --wordless` | the measure is right |
/// | the same, where the network delays requests | `probe-simulation 1 400 --jitter` | as above |
/// | ``Hold``, ``HoldFits`` | `probe-simulation 1 400 --by-reservation` | rate within 3 % where something is found; never a wrong window |
/// | ``Rounds`` | `probe-simulation 1 400 --concurrent` | the bounds enclose the truth |
///
/// `probe-simulation 1 6 --digest` shows whether a change changed anything at all.
enum Tuning {
  /// Nanoseconds in a second.
  static let second: Int64 = 1_000_000_000

  /// Trials that may be in flight at the fastest rate, as a share of the limit on them.
  static let inFlightShare = 0.9
  /// Seconds: the shortest latency that rates are computed with.
  static let latencyMin = 0.02
  /// 503s in a row, and lost trials in a row, after which a search gives up.
  static let capacityRunMax = 20
  static let lostRunMax = 20
  /// Nanoseconds that a trial may be late and still keep to the schedule; after a longer pause, the schedule begins anew.
  static let latenessMax: Int64 = second
  /// Weight of a new latency in the moving average: 1 of this many.
  static let latencyDecay: Int64 = 8
  /// A trial without an answer counts as accepted after twice the usual time of a 429 and these nanoseconds.
  static let throttleSlack: Int64 = 50_000_000
  /// Change of the target rate (as a share) and nanoseconds after which the report starts a new step.
  static let stepRateChange = 0.1
  static let stepMin: Int64 = 5 * second
  /// The fraction of the golden ratio: its multiples, taken modulo 1, are spread evenly and never repeat.
  static let goldenFraction = 0.618_033_988_75

  enum Opening {
    /// Nanoseconds to wait after each throttled trial: 125 s in all, so that any window of a minute has passed twice.
    static let pauses: [Int64] = [5, 15, 40, 65].map { $0 * second }
    /// The size of the next trial after a throttled one: 1 of this many, in case a small bucket can't hold the first.
    static let shrink = 4
    /// Failed trials before the search gives up; the n-th is followed by a pause of 2^n s.
    static let triesMax = 6
  }

  /// The size of trials before anything is known, where tokens per minute were asked for.
  enum FirstSize {
    /// Assumed requests per minute where the quota is unknown.
    static let requestsPerMinute = 2_400.0
    /// Times the size at which both quotas bind: large enough that requests don't bind.
    static let aboveEven = 10.0
    static let aboveEvenMin = 2.0
    /// Trials that a minute's quota holds: at least 60, so that a bucket of two seconds holds two, and at most 240.
    static let perMinuteMin = 60.0
    static let perMinuteMax = 240.0
  }

  enum Burst {
    /// Trials per second where no quota is known, and at least.
    static let rate = 5.0
    static let rateMin = 2.0
    /// Times the expected rate: 30 s ÷ latency, within these bounds. Where the service debits late, trials in flight become a
    /// debt that has to be waited out.
    static let overloadSeconds = 30.0
    static let overload = 2.0...10.0
    /// The rate doubles after this multiple of a minute's expected trials, and this many at least, without a 429.
    static let doublingShare = 1.5
    static let doublingMin = 20.0
    /// The same where nothing is expected: after this many seconds, or latencies, at the present rate.
    static let doublingSeconds = 3.0
    static let doublingLatencies = 4.0
    /// The quota is empty when this many of the latest trials were throttled …
    static let recent = 16
    static let recentThrottled = 12
    /// … and among the latest `tail` this many were accepted, or none among `tailBarren`, or fewer among all of `tail`.
    static let tail = 80
    static let tailAccepted = 4
    static let tailBarren = 32
    /// Or once this many trials, or this share of those before the first 429, have followed it.
    static let endAfter = 64
    static let endShare = 4
  }

  enum Plateau {
    /// A rate seen in the burst's tail counts if it has this many accepted trials and exceeds the estimate this many times.
    static let tailAccepted = 3
    static let tailFactor = 2.0
    /// Fewer accepted trials than 1 of this many expected ones: the quota was used up before, so the expected rate holds.
    static let usedUpShare = 6.0

    /// Sizes: as a share of the typical one where 429s name no quota, else of the size that suits the rate.
    static let wordlessSizes = (small: 0.8, large: 1.25)
    static let tokenSizes = (small: 0.7, large: 1.3)
    /// Trials per minute where tokens bind: few, and each a small part of the quota.
    static let trialsPerMinute = 80.0
    /// Times the size at which both quotas are expected to bind, so that requests don't.
    static let aboveEven = 2.5
    /// Trials of one size before the other takes its turn; without a named quota, the fits need longer turns.
    static let turn = 16
    static let wordlessTurn = 48
    /// Keep the sizes while the better ones differ by less than this share.
    static let resizeMin = 0.4

    /// Times the estimated refill rate, by the window that fits best. Only 429s locate the limit, so low rates need a larger
    /// excess; `hierarchical` throttles at random and needs more still.
    static let overloadFixed = 1.08
    static let overloadRolling = 1.1
    static let overloadHierarchical = 1.3
    static func overload(rate: Double) -> Double { rate > 4 ? 1.15 : rate > 1.5 ? 1.25 : 1.5 }

    /// All of this many latest trials throttled: watch for the end of it.
    static let watchAfter = 8
    /// Trials per second while watching: the rate divided by this, within the bounds.
    static let watchDivisor = 1.5
    static let watchRate = 0.2...2.0

    /// Trials that the share of 429s is computed from: no fewer than `recentMin`, and how many of the latest.
    static let recentMin = 24
    static let recent = 32...1_500
    /// The same where a window fits best: this many seconds of trials, and at most.
    static let recentWindowSeconds = 70.0
    static let recentWindowMax = 30_000.0
    /// Latencies and seconds of trials that are looked at.
    static let recentLatencies = 2.5
    static let recentSeconds = 1.5
    /// More 429s than this share: send less. Fewer: send more, by the factor, once the seconds have passed.
    static let throttledMax = 0.7
    static let acceptedMin = 0.1
    static let throttledMin = 0.02
    static let raise = 1.3
    static let raiseWindowSeconds = 64.0
    static let raiseLatencies = 2.0
    static let raiseSeconds = 1.0
    /// A bucket may be full again after this many latencies and seconds without a 429, and this share of its seconds.
    static let refilledLatencies = 2.0
    static let refilledSeconds = 2.0
    static let refilledShare = 0.8

    /// Analyse again after this many new answers, or this share of all of the plateau's, and these nanoseconds …
    static let analyseAnswers = 24
    static let analyseShare = 4
    static let analyseAfter: Int64 = 2 * second
    /// … or after fewer of them and a longer time.
    static let analyseAnswersMin = 6
    static let analyseLate: Int64 = 10 * second

    /// Follow a fit whose standard error is below this share of its rate, and whose likelihood is above this.
    static let followError = 0.15
    static let followLikelihood = 0.5
    /// Ignore smaller changes of the rate, as a share; never fall or rise by more than these factors at once.
    static let followMin = 0.02
    static let followFall = 3.0
    static let followRise = 1.3
    /// Times the mean rate of all accepted trials: in the long run no more can have been refilled.
    static let followMean = 1.2
    /// With unnamed quotas: switch to the other measure if it explains the answers better by this log-likelihood …
    static let otherMeasureMin = 3.0
    /// … and raise the rate by no more than this factor then.
    static let otherMeasureRise = 4.0

    /// The last interval with an empty quota tells enough with this many trials, of which this many throttled.
    static let intervalTrials = 40
    static let intervalThrottled = 6

    /// What a finding needs: accepted trials, seconds, and likelihoods.
    static let foundAccepted = 20
    static let foundSeconds = 120.0
    /// Below this many trials per second another minute is cheap, and one minute may look like another by chance.
    static let slowRate = 5.0
    static let foundSecondsSlow = 180.0
    static let foundWindowLikelihood = 0.9
    /// Seconds: the swing of the emulator's `soft`, which a rate must have had time to show; less once `soft` is unlikely.
    static let foundSecondsSoft = 600.0
    static let softUnlikely = 0.1

    /// The sizes must differ by this factor to tell the measures apart; the evidence is cut off at this log-likelihood.
    static let evidenceSizes = 1.3
    static let evidenceMax = 1_000.0
  }

  enum Rebursts {
    /// From this many trials on, one burst tells what a bucket holds to a few percent.
    static let enough = 30.0
    static let countMax = 12
    static let countMin = 2
    /// Trials in all repeated bursts together.
    static let trials = 40.0
    /// Times the rate, by turns: at one pace the same whole number of trials would be accepted each time.
    static let paces = [8, 5.5, 4, 3, 2.4]
    /// A rest takes this multiple of the time to fill the bucket, and these seconds; the last, times the bursts left, keeps the
    /// rests from being the same part of a second.
    static let restFactor = 1.35
    static let restSeconds = 0.3
    static let restShift = 0.137
    /// A burst ends when this many of the latest trials were throttled, or after this many trials.
    static let recent = 6
    static let recentThrottled = 3
    static let trialsMax = 1_000
    /// A bucket holds this many trials at most.
    static let held = 300.0
    static let noises = [0.3, 0.6]
  }

  /// Fits of quotas that refill continuously.
  enum BucketFits {
    /// Seconds of one swing of the emulator's `soft`.
    static let period = 600.0
    /// Amounts by which answers may miss the line: foreign requests come one at a time, so it may jump by one.
    static let noises = [0.2, 0.5, 1.2]
    static let hierarchicalNoises = [1.2, 2.5, 5]
    /// Log-likelihood that `hierarchical` pays, for a larger noise explains anything a little.
    static let hierarchicalPenalty = 2.0
    /// A bucket may miss its nominal seconds by this share and one request, and exceed them by this factor: it holds more of what
    /// foreign traffic leaves.
    static let sizeTolerance = 0.06
    static let sizeMax = 1.5
    /// Log-likelihood that a bucket of another size pays at most.
    static let sizePenaltyMax = 200.0
    /// Answers, accepted ones and 429s that a fit needs.
    static let rowsMin = 12
    static let acceptedMin = 4
    static let throttledMin = 4
    /// Standard deviation of a swing, as a share of the rate; a smaller swing than `swingMin` is none.
    static let swing = 0.12
    static let swingMin = 0.08
    /// Precisions (1 ÷ variance) that leave the line's level and slope free.
    static let levelPrecision = 1e-12
    static let slopePrecision = 1e-9
    /// Standard error of the rate: the fit's own times (`errorFactor` + `errorPerNoise` · noise up to the bound), for neighbouring
    /// answers aren't independent; and half a request over the time, and a share of the rate.
    static let errorFactor = 1.5
    static let errorPerNoise = 0.6
    static let errorNoiseMax = 4.0
    static let errorRequests = 0.5
    static let errorShare = 0.0015
  }

  /// Fits of quotas that count a minute.
  enum WindowFits {
    static let noises = [0.2, 0.4, 0.8, 1.6, 3.2]
    /// Seconds without an accepted trial that point to a window: half of what is left of the minute, within these bounds.
    static let barrenMin = 3.0
    static let barrenMax = 5.0
    /// Fixed minutes: seconds of 429s whose end marks a minute's start; how many ends, and phases of each, are tried.
    static let resumptionSeconds = 2.0
    static let resumptionsMax = 4
    static let phases = 5
    /// Share of the quota that foreign traffic uses, one standard deviation.
    static let foreignShare = 0.25
    /// The least-squares start takes this share of the precisions.
    static let startPrecision = 0.1
    /// Log-likelihood that the choice of the phase pays.
    static let phasePenalty = 1.5
    /// Standard error of the quota: the fit's own times a factor, these requests, and a share of the quota.
    static let errorFactor = 1.5
    static let errorRequests = 0.3
    static let errorShare = 0.001
  }

  /// Fits of a quota held by reservations.
  enum HoldFits {
    static let noises = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6]
    /// Answers that a fit needs.
    static let itemsMin = 40
    /// Times a latency: the delay expected at least, and the time over which what comes back is averaged.
    static let delayMin = 0.05
    static let returnWindow = 0.1
    /// Standard error: the fit's own times a factor, for neighbouring answers tell much the same, and a share of the value.
    static let errorFactor = 2.0
    static let errorShare = 0.002
  }

  /// All fits.
  enum Fits {
    /// Rows that a fit is given at most: more tell nothing more.
    static let rowsMax = 900
    static let rowsMaxHold = 1_500
    /// Rows kept on each side of a change from accepted to throttled; of the others, 1 of this many is kept.
    static let nearRows = 8
    static let farRows = 32
    /// No single answer counts more than this log-likelihood against a candidate.
    static let rowMin = -12.0
    /// Likelihood above which another candidate widens the interval.
    static let rivalMin = 0.2
    /// Newton's method: steps, smallest part of a step, and the gain of log-likelihood below which it ends.
    static let stepsMax = 50
    static let stepMin = 1e-6
    static let gainMin = 1e-4
    /// Beyond this many noises from the line, a logarithm of a probability is linear to all digits.
    static let saturation = 30.0
    /// A precision that leaves a coefficient free, and one that keeps least squares solvable.
    static let freePrecision = 1e-12
    static let ridge = 1e-9
  }

  enum Hold {
    /// Quota tokens that a short answer keeps at most.
    static let keptMax = 120
    /// max_tokens of the first trials: enough to see that a model talks, before it is let talk for longer.
    static let openingReply = 128
    /// Short answers in a row before a model is let answer at length.
    static let proofs = 5
    /// Smallest max_tokens of a trial.
    static let replyMin = 16.0
    /// Target number of trials in flight when the quota is full: few enough to be cheap, enough that one is a small fraction.
    static let parts = 12.0
    /// Restart with another size if the number of trials that fills the quota is outside this range …
    static let sensible = 9.0...40.0
    /// … and the better size differs by more than this share, and is at least 1 of this many parts of the present one.
    static let resizeMin = 0.2
    static let resizeDivisor = 8
    static let restartsMax = 4
    /// Shares of the full size, by turns of the golden ratio, so that what is left of the quota is any part of a trial.
    static let sizeMin = 0.4
    static let sizeSpan = 0.6
    /// The mean of these shares.
    static let sizeMean = 0.7
    /// Divisors of the size for the first trials after the quota is full, to find its edge before anything is given back.
    static let fine = [2, 4, 8, 16]

    /// Times the expected number of trials, per latency, at the start.
    static let fillOverload = 3.0
    /// Nanoseconds: the shortest latency that rates are computed with.
    static let latencyMin: Int64 = 20_000_000
    /// Trials sent per trial that ends: at the start, at least and at most; the factor of a restart.
    static let overload = 2.5
    static let overloadMin = 1.2
    static let overloadMax = 8.0
    static let restartOverload = 1.5
    /// Of this many latest trials, fewer than `throttledMin` throttled raise the overload, more than `throttledMax` lower it.
    static let recent = 24
    static let throttledMin = 5
    static let throttledMax = 10
    static let raise = 1.2
    static let lower = 0.93
    /// Tenths of the quota that came back and were not reserved again immediately: from here on a bucket may have been full, and
    /// have lost some of its refill.
    static let lostTenths: Int64 = 7

    /// Nanoseconds without a 429 after which a bucket of two seconds may be half full again; trials sent before it counts.
    static let quiet: Int64 = 800_000_000
    static let quietTrials = 8
    /// Nanoseconds with the quota full before anything is concluded, the same for a window to show the end of a minute, and
    /// until the search gives up.
    static let full: Int64 = 15 * second
    static let fullWindow: Int64 = 75 * second
    static let fullMax: Int64 = 150 * second
    /// Nanoseconds between two analyses.
    static let analyseAfter: Int64 = 3 * second
    /// Answers that still miss every line by this many trials after these nanoseconds won't come nearer to one.
    static let noiseMax = 0.5
    static let noiseAfter: Int64 = 30 * second
    /// A bucket of fewer seconds than this changes so much within one latency that its rate is not known well.
    static let bucketSecondsMin = 4.0
    /// Likelihood of a finding's window; half the interval, as a share of the rate, where a cap ended the search.
    static let likelihoodMin = 0.9
    static let cappedPrecision = 0.15
  }

  enum Rounds {
    /// Trials of the first round; it doubles until something is throttled.
    static let first = 8
    /// Rounds with a 429 that suffice if the bounds meet; `most` rounds if they don't, or if trials fail.
    static let enough = 3
    static let most = 8
    /// Trials above the bound in later rounds: the bound ÷ `excessDivisor`, and at least `excessMin`.
    static let excessDivisor = 4
    static let excessMin = 2
  }

  enum Batches {
    /// Share of a batch that is throttled when steps mode ends.
    static let throttledMax = 0.5
  }

  /// What a plan expects: estimates of the size of a probe, shown before it starts. No trial and no finding depends on them.
  enum Plan {
    /// Trials beside the quota in a burst; minutes of quota that a plateau takes of requests, and of tokens, and its trials then.
    static let burstExtra = 40.0
    static let plateauMinutes = 2.4
    static let plateauTokenMinutes = 2.2
    static let plateauTrials = 250.0
    /// Seconds of a plateau, and trials at least where few trials make a minute.
    static let plateauSeconds = 125.0
    static let plateauSlowTrials = 80.0
    /// Seconds of all rounds, and of one batch without the delay.
    static let roundsSeconds = 10.0
    static let batchSeconds = 2.0
    /// Seconds and tokens of an answer of one word, and seconds that a quota is kept full.
    static let wordSeconds = 0.5
    static let wordTokens = 2
    static let heldSeconds = 30.0
    /// Trials sent for one that is accepted, by reservation.
    static let heldSent = 1.35
    /// By reservation is worth a hint if it keeps 1 of this many tokens.
    static let worthwhile = 10
  }
}
