package import AdmissionControl

/// What came of a run, in the time that is measured.
package struct Tally: Sendable {
  /// Tokens that requests settled to at the server, and requests that did.
  package var settled = Amounts()
  package var settledRequests: Int64 = 0
  package var started = 0
  package var throttled = 0
  package var capacity = 0
  /// Requests that no policy sends any more.
  package var dropped = 0
  /// Seconds from a request's arrival to the sending that the server let in.
  package var waits: [Float] = []
  /// Tokens by the end of requests.
  package var byClient: [Int64]
  /// Tokens by the start of requests, so that a share shows as soon as it is given.
  package var byTenant: [Int64]
  /// Moments at which some client had nobody waiting.
  package var idleMoments = 0
  /// For the noise that a finite number of requests makes.
  package var finalMax: Int64 = 0
  package var finalSquares = 0.0
  /// What a reservation that is out costs a window: settled, reserved, and the seconds between.
  package var reservedSum = 0.0
  package var outSum = 0.0
  /// Of each measure of the server, what it would have let through.
  package var supplied: [(measure: Measure, amount: Double)] = []
  package var samples: [Sample] = []

  package struct Sample: Sendable {
    package var seconds: Double
    package var settledTokens: Int64
    package var throttled: Int
    package var room: Double
    package var gauge: PolicyGauge
  }

  init(clients: Int, tenants: Int) {
    byClient = Array(repeating: 0, count: clients)
    byTenant = Array(repeating: 0, count: tenants)
  }

  /// Of the answers, those that were refusals for a quota.
  package var throttledShare: Double {
    let answers = started + throttled + capacity
    return answers == 0 ? 0 : Double(throttled) / Double(answers)
  }

  /// Of the requests that came to an end, those without an answer.
  package var lostShare: Double {
    let ended = settledRequests + Int64(dropped)
    return ended == 0 ? 0 : Double(dropped) / Double(ended)
  }

  package func used(_ measure: Measure) -> Double {
    switch measure {
    case .requestsPerMinute, .concurrency: Double(settledRequests)
    case .tokensPerMinute, .tokensPerDay: Double(settled.tokens)
    case .inputTokensPerMinute: Double(settled.inputTokens)
    case .outputTokensPerMinute: Double(settled.outputTokens)
    }
  }

  /// Of the limit that really held, the part that was used; of several limits, that of the fullest.
  package var utilisation: Double {
    supplied.map { $0.amount > 0 ? used($0.measure) / $0.amount : 0 }.max() ?? 0
  }

  /// Jain, Chiu and Hawe's index (1984): 1 where all get the same, 1/n where one gets everything.
  package var fairness: Double {
    let (sum, squares) = byClient.reduce((0.0, 0.0)) { ($0.0 + Double($1), $0.1 + Double($1) * Double($1)) }
    return squares == 0 ? 1 : sum * sum / (Double(byClient.count) * squares)
  }

  /// Seconds that a share of the requests waited at most.
  package func wait(quantile: Double) -> Double {
    let sorted = waits.sorted()
    return sorted.isEmpty ? 0 : Double(sorted[min(Int(quantile * Double(sorted.count)), sorted.count - 1)])
  }
}
