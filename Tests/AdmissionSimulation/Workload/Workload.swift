/// What clients ask for, how fast a server answers, and what lies between them.
package struct Workload: Sendable {
  package enum Arrivals: Sendable, Equatable {
    /// So many callers, each with its next request ready when the last is over: with enough of them there is always a backlog.
    case closed(workers: Int)
    case poisson(perSecond: Double)
    case bursts(of: Int, everySeconds: Double)
  }

  /// Heavy-tailed numbers.
  package struct Lengths: Sendable, Equatable {
    package var median: Double
    package var sigma: Double
    package var max: Double

    package init(median: Double, sigma: Double, max: Double) {
      self.median = median
      self.sigma = sigma
      self.max = max
    }

    func draw(_ random: inout Random) -> Double { min(random.logNormal(median: median, sigma: sigma), max) }

    /// The mean of a thousand draws.
    func mean(_ seed: UInt64 = 1) -> Double {
      var random = Random(seed: seed)
      return (0..<1_000).reduce(0.0) { sum, _ in sum + draw(&random) } / 1_000
    }
  }

  package enum MaxTokens: Sendable, Equatable {
    /// This many times the real output.
    case timesOutput(Int64)
    case fixed(Int64)
    /// Left out: the model's own, 64,000 here.
    case unset
  }

  /// A tenant, and its share of the requests.
  package struct Tenant: Sendable, Equatable {
    package var number: UInt32
    package var share: Double
    /// The seconds of the run in which it sends requests.
    package var active: ClosedRange<Double>

    package init(number: UInt32, share: Double, active: ClosedRange<Double> = 0...1e9) {
      self.number = number
      self.share = share
      self.active = active
    }
  }

  package static let modelMax: Int64 = 64_000

  package var arrivals: Arrivals
  package var input = Lengths(median: 2_700, sigma: 0.5, max: 20_000)
  package var output = Lengths(median: 350, sigma: 0.7, max: 4_000)
  package var maxTokens = MaxTokens.timesOutput(4)
  /// Quota tokens per output token, at settlement.
  package var burndown: Int64 = 1
  /// Whether callers say what their requests reserve if the burndown counts.
  package var tellsBurndown = false
  package var firstTokenSeconds = Lengths(median: 0.6, sigma: 0.4, max: 5)
  package var tokensPerSecond = 65.0
  /// One way.
  package var networkSeconds = 0.01...0.04
  package var tenants = [Tenant(number: 0, share: 1)]
  /// The number of priorities; requests have each of them equally often.
  package var priorities = 1
  /// Seconds that some requests may wait, and the share of those; the others wait as long as it takes.
  package var patienceSeconds = 1.0...60.0
  package var impatientShare = 0.0
  /// Whether callers predict what their requests will cost. Otherwise the limiter must learn it.
  package var isForetold = false
  /// Whether clients report the progress of streaming replies.
  package var isTrued = false
  /// Seconds until a caller whose request was refused sends the next.
  package var sulkSeconds = 1.0

  package init(_ arrivals: Arrivals) { self.arrivals = arrivals }

  /// Mean final cost of a request, in tokens.
  package var finalMean: Double { input.mean() + Double(burndown) * output.mean() }
  package var outputMean: Double { output.mean() }
  /// Mean duration of a request at the server, in seconds.
  package var secondsMean: Double { firstTokenSeconds.mean() + output.mean() / tokensPerSecond }

  /// The most that a request reserves.
  package var reservedMax: Double {
    switch maxTokens {
    case .timesOutput(let factor): input.max + Double(factor) * output.max
    case .fixed(let tokens): input.max + Double(tokens)
    case .unset: input.max + Double(Self.modelMax)
    }
  }
}
