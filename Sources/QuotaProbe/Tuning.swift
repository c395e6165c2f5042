/// All numbers of the probe that were chosen by hand.
///
/// Unless a line names another source, a number was tuned by hand on simulated services: `probe-simulation` draws each service
/// from a seed (semantics, quotas, foreign traffic, latency) and compares what a search finds with the truth. To judge a change,
/// compare the summaries before and after. No command derives a number by itself.
///
/// | numbers | command | goal |
/// |---|---|---|
/// | ``Opening``, ``Burst``, ``Plateau``, ``Rebursts``, ``BucketFits``, ``WindowFits`` | `probe-simulation 1 400` | rate within 3 % for 95 of 100 seeds, the interval covers the truth for 93 |
/// | the same, if 429s don't name the quota | `probe-simulation 1 400 --wordless` | the measure is right |
/// | the same, if the network delays requests | `probe-simulation 1 400 --jitter` | as above |
/// | ``Hold``, ``HoldFits`` | `probe-simulation 1 400 --by-reservation` | rate within 3 % if found; never a wrong window |
/// | ``Rounds`` | `probe-simulation 1 400 --concurrent` | the bounds enclose the truth |
/// | ``Factor`` | `probe-simulation 1 400 --reservation-factor` | never a wrong factor; at most 12 requests |
///
/// `probe-simulation 1 6 --digest` shows whether a change changed anything at all.
enum Tuning {
  /// Nanoseconds in a second.
  static let second: Int64 = 1_000_000_000

  /// The trials that may be in flight at the fastest rate, as a share of the most trials in flight.
  static let inFlightShare = 0.9
  /// The shortest latency from which rates are computed, in seconds.
  static let latencyMin = 0.02
  /// The number of consecutive 503s, and of consecutive lost trials, after which a search gives up.
  static let capacityRunMax = 20
  static let lostRunMax = 20
  /// Nanoseconds by which the schedule may lag. After a longer pause, the schedule moves forward instead of catching up.
  static let latenessMax: Int64 = second
  /// A new latency has 1 ÷ this weight in the moving average.
  static let latencyDecay: Int64 = 8
  /// A trial without an answer counts as accepted after twice the usual latency of a 429 plus these nanoseconds.
  static let throttleSlack: Int64 = 50_000_000
  /// The report starts a new step after this change of the target rate, as a share, and more than these nanoseconds.
  static let stepRateChange = 0.1
  static let stepMin: Int64 = 5 * second
  /// The fractional part of the golden ratio. Its multiples modulo 1 are spread evenly and never repeat.
  static let goldenFraction = 0.618_033_988_75

  enum Opening {
    /// Nanoseconds to wait after each throttled trial: 125 s in all, so that any window of a minute has passed twice.
    static let pauses: [Int64] = [5, 15, 40, 65].map { $0 * second }
    /// After a throttled trial, the next one has 1 ÷ this of its size, in case a small bucket can't hold the first.
    static let shrink = 4
    /// Failed trials that are retried before the search gives up. A pause of 2ⁿ⁻¹ s follows the n-th.
    static let triesMax = 6
  }

  /// The size of trials before anything is known, for probes of tokens per minute.
  enum FirstSize {
    /// The requests per minute assumed if the quota is unknown.
    static let requestsPerMinute = 2_400.0
    /// Multiples of the size at which both quotas bind, large enough that requests don't bind.
    static let aboveEven = 10.0
    static let aboveEvenMin = 2.0
    /// The number of trials that a minute's quota holds: at least 60, so that a bucket of two seconds holds two, and at most 240.
    static let perMinuteMin = 60.0
    static let perMinuteMax = 240.0
  }

  enum Burst {
    /// Trials per second if no quota is known, and the lowest rate in any case.
    static let rate = 5.0
    static let rateMin = 2.0
    /// The multiple of the expected rate is 30 s ÷ latency, within these bounds. If the service debits late, trials in flight
    /// become a debt, and the search must wait until it is refilled.
    static let overloadSeconds = 30.0
    static let overload = 2.0...10.0
    /// The rate doubles after this multiple of a minute's expected trials, but at least `doublingMin` trials, without a 429.
    static let doublingShare = 1.5
    static let doublingMin = 20.0
    /// If no rate is expected, it doubles after this many seconds or latencies, whichever is longer, at the present rate.
    static let doublingSeconds = 3.0
    static let doublingLatencies = 4.0
    /// The quota is empty when this many of the latest trials were throttled …
    static let recent = 16
    static let recentThrottled = 12
    /// … and among the latest `tail` this many were accepted, or none among `tailBarren`, or fewer among all of `tail`.
    static let tail = 80
    static let tailAccepted = 4
    static let tailBarren = 32
    /// It is also empty once `endAfter` trials, or 1 ÷ `endShare` of the trials before the first 429 if that is more, have
    /// followed the 429.
    static let endAfter = 64
    static let endShare = 4
  }

  enum Plateau {
    /// The rate of the burst's tail counts if it has `tailAccepted` accepted trials and exceeds `tailFactor` times the estimate.
    static let tailAccepted = 3
    static let tailFactor = 2.0
    /// If fewer trials were accepted than 1 ÷ this of the expected ones, the quota was used up before, so the expected rate is
    /// assumed.
    static let usedUpShare = 6.0

    /// The sizes of trials: a share of the typical size if 429s name no quota, else of the size that suits the rate.
    static let wordlessSizes = (small: 0.8, large: 1.25)
    static let tokenSizes = (small: 0.7, large: 1.3)
    /// Trials per minute if tokens bind: few, but each a small part of the quota.
    static let trialsPerMinute = 80.0
    /// A multiple of the size at which both quotas are expected to bind, so that requests don't bind.
    static let aboveEven = 2.5
    /// The number of trials of one size before the other size takes its turn; if 429s name no quota, the fits need longer turns.
    static let turn = 16
    static let wordlessTurn = 48
    /// The sizes stay while better ones differ by less than this share.
    static let resizeMin = 0.4

    /// Multiples of the estimated refill rate, by the window that fits best. Only 429s locate the limit, so low rates need a
    /// larger excess; `hierarchical` throttles at random and needs even more.
    static let overloadFixed = 1.08
    static let overloadRolling = 1.1
    static let overloadHierarchical = 1.3
    static func overload(rate: Double) -> Double { rate > 4 ? 1.15 : rate > 1.5 ? 1.25 : 1.5 }

    /// If this many of the latest trials were all throttled, the plateau watches for the end of the throttling.
    static let watchAfter = 8
    /// Trials per second while watching: the rate divided by this, within the bounds.
    static let watchDivisor = 1.5
    static let watchRate = 0.2...2.0

    /// The share of 429s is computed from at least `recentMin` and at most `recent` of the latest trials.
    static let recentMin = 24
    static let recent = 32...1_500
    /// If a window fits best, the share is computed from this many seconds of trials, but at most `recentWindowMax` trials.
    static let recentWindowSeconds = 70.0
    static let recentWindowMax = 30_000.0
    /// Otherwise it is computed from the trials of this many latencies plus this many seconds.
    static let recentLatencies = 2.5
    static let recentSeconds = 1.5
    /// The rate falls if the share of 429s is above `throttledMax`, but to no less than `acceptedMin` of it. It rises by the
    /// factor `raise` if the share is below `throttledMin` and the latencies and seconds below have passed.
    static let throttledMax = 0.7
    static let acceptedMin = 0.1
    static let throttledMin = 0.02
    static let raise = 1.3
    static let raiseWindowSeconds = 64.0
    static let raiseLatencies = 2.0
    static let raiseSeconds = 1.0
    /// A bucket may be full again after this many latencies plus seconds without a 429, and at least this share of its seconds.
    static let refilledLatencies = 2.0
    static let refilledSeconds = 2.0
    static let refilledShare = 0.8

    /// Analyse again after `analyseAnswers` new answers, or 1 ÷ `analyseShare` of the plateau's if that is more, and these
    /// nanoseconds …
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
    /// A multiple of the mean rate of all accepted trials, because in the long run no more can have been refilled.
    static let followMean = 1.2
    /// With unnamed quotas: switch to the other measure if it explains the answers better by this log-likelihood …
    static let otherMeasureMin = 3.0
    /// … and raise the rate by no more than this factor then.
    static let otherMeasureRise = 4.0

    /// The last interval with an empty quota suffices if it has `intervalTrials` trials, of which `intervalThrottled` were
    /// throttled.
    static let intervalTrials = 40
    static let intervalThrottled = 6

    /// A finding needs this many accepted trials and seconds, and this likelihood of a window.
    static let foundAccepted = 20
    static let foundSeconds = 120.0
    /// Below this many trials per second, another minute is cheap, and one window may look like another by chance.
    static let slowRate = 5.0
    static let foundSecondsSlow = 180.0
    static let foundWindowLikelihood = 0.9
    /// Seconds of one swing of the emulator's `soft`. A finding needs this time to rule the swing out, unless `soft` is unlikely
    /// before.
    static let foundSecondsSoft = 600.0
    static let softUnlikely = 0.1

    /// The sizes must differ by the factor `evidenceSizes` to tell the measures apart; the evidence is at most `evidenceMax`, a
    /// log-likelihood.
    static let evidenceSizes = 1.3
    static let evidenceMax = 1_000.0
  }

  enum Rebursts {
    /// From this many trials on, one burst shows the capacity of a bucket to a few percent.
    static let enough = 30.0
    static let countMax = 12
    static let countMin = 2
    /// The number of trials in all repeated bursts together.
    static let trials = 40.0
    /// Multiples of the rate, used in turn: at a single pace, the same whole number of trials would be accepted each time.
    static let paces = [8, 5.5, 4, 3, 2.4]
    /// A rest takes `restFactor` times the time to fill the bucket, plus `restSeconds`, plus `restShift` for each burst that is
    /// left. The shift keeps the rests from ending at the same fraction of a second.
    static let restFactor = 1.35
    static let restSeconds = 0.3
    static let restShift = 0.137
    /// A burst ends when this many of the latest trials were throttled, or after this many trials.
    static let recent = 6
    static let recentThrottled = 3
    static let trialsMax = 1_000
    /// The most trials that a bucket can hold.
    static let held = 300.0
    static let noises = [0.3, 0.6]
  }

  enum Batches {
    /// Steps mode ends when more than this share of a batch is throttled.
    static let throttledMax = 0.5
  }

  /// The bounds of a probe, as multiples of the expected amounts of ``Plan``. `probe-simulation` prints how many searches they end
  /// early.
  enum Bound {
    static let use = 5.0
    static let held = 8.0
    static let rounds = 4.0
    /// The quota tokens of a trial may be this multiple of the estimate, because a model may count a prompt otherwise.
    static let estimate = 2.0
    /// The most trials of an opening.
    static let opening = 1 + Opening.pauses.count + Opening.triesMax + Hold.proofs
  }

  /// Estimates of the size of a probe, from which its bounds follow.
  enum Plan {
    /// The trials of a burst beyond the quota; the minutes of quota that a plateau takes if requests bind, and if tokens bind;
    /// and its trials if tokens bind.
    static let burstExtra = 40.0
    static let plateauMinutes = 2.4
    static let plateauTokenMinutes = 2.2
    static let plateauTrials = 250.0
    /// The seconds of a plateau, and its least number of trials if the quota admits few per minute.
    static let plateauSeconds = 125.0
    static let plateauSlowTrials = 80.0
    /// The seconds of all rounds, and of one batch without the delay.
    static let roundsSeconds = 10.0
    static let batchSeconds = 2.0
    /// The seconds and tokens of an answer of one word, and the seconds for which a quota is kept full.
    static let wordSeconds = 0.5
    static let wordTokens = 2
    static let heldSeconds = 30.0
    /// The number of trials sent for each accepted one, by reservation.
    static let heldSent = 1.35
    /// The plan suggests a probe by reservation if it keeps less than 1 ÷ this of the tokens.
    static let worthwhile = 10
  }
}
