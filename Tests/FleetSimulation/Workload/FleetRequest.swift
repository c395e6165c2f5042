import AdmissionControl
import AdmissionSimulation

/// One request of a simulated fleet, and how it will end.
struct FleetRequest: Sendable {
  var input: Int64
  var output: Int64
  var maxTokens: Int64
  /// Nanoseconds at the server.
  var duration: Int64
  /// The mean output of all requests, by which the final cost is predicted.
  var meanOutput: Int64
  /// When it came; nil: it is one of an endless supply.
  var arrivedAt: Int64?
  var wasThrottled = false
  /// Its tier in the queue; 0 is the most urgent.
  var tier = 0

  var reserved: Int64 { input + maxTokens }
  var final: Int64 { input + output }

  var cost: Cost {
    Cost(
      reserved: Amounts(tokens: reserved), known: Amounts(tokens: input), predicted: Amounts(tokens: input + meanOutput))
  }

  /// The usual workload of docs/design/fleet.md: an input of 3,000 tokens on average, an output of 428, `max_tokens` of 1,720.
  /// - Parameter scale: the size of requests, as a multiple of the usual one.
  init(scale: Double, arrivedAt: Int64? = nil, _ random: inout Random) {
    let maxTokens = 1_720.0
    input = Int64(min(60_000, random.logNormal(median: 2_200, sigma: 0.8)) * scale) + 1
    let tokens = min(maxTokens, random.logNormal(median: 300, sigma: 0.9))
    output = Int64(tokens * scale) + 1
    self.maxTokens = Int64(maxTokens * scale) + 1
    meanOutput = Int64(430 * scale)
    duration = Int64((0.6 + tokens / 70 + random.exponential(mean: 0.2)) * 1e9)
    self.arrivedAt = arrivedAt
  }

  /// The mean final cost of a usual request, in tokens.
  static let meanFinal = 3_450.0
}
