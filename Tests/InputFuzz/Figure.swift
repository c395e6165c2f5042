import AdmissionSimulation
import BedrockQuotas

/// Figures of any size, some of them absurd.
enum Figure {
  private static let odd: [Double] = [
    0, -1, 0.1, 1, 1e9, 1e15, 9.3e18, 1e30, 1e308, -1e308, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
  ]

  static func double(_ random: inout Random) -> Double { random.chance(0.4) ? random.pick(odd) : random.logWithin(0.01...1e12) }

  /// A figure that JSON can say.
  static func finite(_ random: inout Random) -> Double {
    let figure = double(&random)
    return figure.isFinite ? figure : 0
  }

  /// A workload without a latency, for which no window is simulated.
  static func instant(_ random: inout Random) -> BedrockQuotas.Workload { workload(&random, takesTime: false) }

  static func workload(_ random: inout Random, takesTime: Bool = true) -> BedrockQuotas.Workload {
    func size() -> Int? { random.chance(0.2) ? nil : Int(random.logWithin(1...1e9)) }
    func latency() -> Double? {
      !takesTime || random.chance(0.3) ? nil : random.chance(0.2) ? 1e-300 : random.logWithin(0.001...86_400)
    }
    let made = try? BedrockQuotas.Workload(
      inputTokens: size(), outputTokens: size(), cacheReadTokens: size() ?? 0, cacheWriteTokens: size() ?? 0, maxTokens: size(),
      concurrency: random.chance(0.5) ? nil : 1 + random.below(1_000_000), latency: latency())
    return made ?? (try! BedrockQuotas.Workload())
  }
}
