import AdmissionControl
import AdmissionSimulation

/// Changes limits every other millisecond: mostly plenty, sometimes so little that requests wait for the refill, for an instant nothing.
struct Operator: Sendable {
  /// More than the tasks can use; only so far above the least that an hour's wait, which is refused as too long, is out of reach.
  static let plentyOfTokens: Int64 = 50_000_000_000
  static let plentyOfRequests: Int64 = 100_000_000
  private let limiter: Limiter
  private var random: Random

  init(_ limiter: Limiter, seed: UInt64) {
    self.limiter = limiter
    random = Random(seed: seed)
  }

  /// Runs until it is cancelled.
  /// - Returns: the number of changes.
  func run() async -> Int {
    var random = random
    var count = 0
    while !Task.isCancelled {
      change(&random)
      count += 1
      try? await Task.sleep(for: .milliseconds(2))
    }
    return count
  }

  private func change(_ random: inout Random) {
    switch Int.random(in: 0..<100, using: &random) {
    case 0:
      limiter.setLimit(.tokensPerMinute, 0)
      limiter.setLimit(.tokensPerMinute, Self.plentyOfTokens)
    case 1..<15: limiter.setLimit(.tokensPerMinute, .random(in: 1_000_000_000...Self.plentyOfTokens, using: &random))
    case 15..<30: limiter.setLimit(.requestsPerMinute, .random(in: 2_000_000...Self.plentyOfRequests, using: &random))
    case 30..<60: limiter.setLimit(.concurrency, .random(in: 1...tasksAtOnce, using: &random))
    case 60..<75: limiter.setLimit(.requestsPerMinute, Self.plentyOfRequests)
    default: limiter.setLimit(.tokensPerMinute, Self.plentyOfTokens)
    }
  }

  private var tasksAtOnce: Int64 { Int64(LimiterStress.tasks) }
}
