package import AdmissionControl

/// The result of a run, over the measured time.
package struct Tally: Sendable {
  /// Final costs at the server, and the number of requests.
  package var settled = Amounts()
  package var settledRequests: Int64 = 0
  package var started = 0
  package var throttled = 0
  package var capacity = 0
  /// Requests that policies gave up.
  package var dropped = 0
  /// Seconds from a request's arrival to the sending of the attempt that the server accepted.
  package var waits: [Float] = []
  /// Tokens, counted when requests end.
  package var byClient: [Int64]
  /// Tokens, counted when requests start, so that a share shows as soon as it is given.
  package var byTenant: [Int64]
  /// Times at which a client had no waiters.
  package var idleMoments = 0
  /// For the noise of a finite number of requests.
  package var finalMax: Int64 = 0
  package var finalSquares = 0.0
  /// Sum over requests of (reserved − settled) × seconds in flight.
  package var reservedSum = 0.0
  package var outSum = 0.0
  /// For each measure, what the server would have accepted.
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

  /// The share of answers that were throttled.
  package var throttledShare: Double {
    let answers = started + throttled + capacity
    return answers == 0 ? 0 : Double(throttled) / Double(answers)
  }

  /// The share of ended requests that had no reply.
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

  /// The used share of the limit that the server enforced; of several limits, of the fullest.
  package var utilisation: Double {
    supplied.map { $0.amount > 0 ? used($0.measure) / $0.amount : 0 }.max() ?? 0
  }

  /// Jain, Chiu and Hawe's index (1984): 1 where all get the same, 1/n where one gets everything.
  package var fairness: Double {
    let (sum, squares) = byClient.reduce((0.0, 0.0)) { ($0.0 + Double($1), $0.1 + Double($1) * Double($1)) }
    return squares == 0 ? 1 : sum * sum / (Double(byClient.count) * squares)
  }

  /// The wait that this share of the requests did not exceed, in seconds.
  package func wait(quantile: Double) -> Double {
    let sorted = waits.sorted()
    return sorted.isEmpty ? 0 : Double(sorted[min(Int(quantile * Double(sorted.count)), sorted.count - 1)])
  }
}
