import BedrockQuotas
import RealModule

/// The numbers of a search for the factor of max_tokens in a reservation; see ``FactorSearch``.
extension Tuning {
  enum Factor {
    /// The most requests, with the one that opens the probe.
    static let requestsMax = 12
    /// Nanoseconds of silence after which a quota per minute is full again, those before a question whose answer needs no full
    /// minute, and those after a failed trial.
    static let rest: Int64 = 61 * second
    static let pause: Int64 = second
    static let retryAfter: Int64 = 5 * second
    /// Trials may have kept this share of the quota when another one is sent without a rest.
    static let keptShare = 0.005

    /// Bounds of max_tokens are near enough if the upper one is at most this multiple of the lower one. The most trials for them.
    static let ratio = 1.08
    static let bracketsMax = 7
    /// The distance of a trial from the bound that is expected, as a share of it.
    static let beside = 0.015
    /// The next max_tokens if all so far were throttled, as a share of the least; and the reverse if all passed.
    static let shrink = 0.4

    /// The longest prompt that decides between the factors, in tokens; and the longest one that isn't worth nearer bounds.
    static let inputMax = 40_000
    static let inputCheap = 5_000
    /// By how much the prompt may be longer or shorter than it was estimated without a wrong answer, as a factor.
    static func margin(burndown: Double) -> Double { min(1.8, Double.pow(burndown, 0.35)) }
    /// A trial that keeps more than this multiple of its input, and more than some output, had a long answer.
    static let overrun = 2
    /// The most quota tokens that a short answer keeps beside its input: ten tokens.
    static func keptMax(_ burndown: Int) -> Int { max(Hold.keptMax, 20 + 10 * burndown) }

    /// What a service may hold at most, as a multiple of the applied quota. A trial that reserves more with k = burndown, and passes,
    /// shows that k isn't the burndown.
    static let beyond = 2.1
    /// The most trials in flight at once, and nanoseconds that they must overlap to count as such.
    static let togetherMax = 8
    static let overlapMin: Int64 = 150_000_000

    /// The number of trials in flight at once that together reserve more than ``beyond`` allows, with the most max_tokens each.
    static func together(quota: Double, burndown: Int, maxTokens: Int) -> Int {
      Int(saturating: (beyond * quota / Double(burndown) / Double(max(maxTokens, 1))).rounded(.up))
    }
  }
}
