package import AdmissionSimulation

/// What clients ask for: conversations with long prefixes, and single short requests.
package struct SessionWorkload: Sendable {
  package enum Arrivals: Sendable, Equatable {
    /// Conversations and single requests begin at random, so that all together would use this share of the summed quotas if
    /// each conversation stayed where its cache is.
    case open(load: Double)
    /// So many users, each with its next conversation or single request ready when the last is over.
    case closed(users: Int)
  }

  /// A conversation, or a single request.
  struct Job: Sendable {
    var session: UInt64?
    var tenant: UInt32
    /// The input of the next request.
    var prompt: Int64
    var turnsLeft: Int
    var random: Random
  }

  package var arrivals: Arrivals
  /// The share of requests that belong to conversations.
  package var sessionShare = 0.7
  /// The input of a conversation's first request.
  package var prefix = 20_000.0...60_000.0
  package var turns = 10...30
  /// What the user or a tool adds in each turn.
  package var added = Workload.Lengths(median: 600, sigma: 0.8, max: 8_000)
  package var single = Workload.Lengths(median: 1_500, sigma: 0.6, max: 10_000)
  package var output = Workload.Lengths(median: 300, sigma: 0.7, max: 4_000)
  package var maxTokens: Int64 = 4_096
  /// Seconds between a reply and the next turn.
  package var think = Workload.Lengths(median: 15, sigma: 0.8, max: 1_800)
  /// Quota tokens per output token, at settlement.
  package var burndown: Int64 = 5
  package var firstTokenSeconds = Workload.Lengths(median: 0.7, sigma: 0.4, max: 5)
  /// Input tokens per second that are not in the cache.
  package var inputPerSecond = 15_000.0
  package var outputPerSecond = 65.0
  /// One way.
  package var networkSeconds = 0.01...0.04
  /// The share of the users, or of what begins, by tenant.
  package var tenantShares = [1.0]

  package init(_ arrivals: Arrivals) { self.arrivals = arrivals }

  /// The chance that what begins is a conversation.
  private var sessionChance: Double {
    let turns = Double(turns.lowerBound + turns.upperBound) / 2
    return sessionShare / (turns * (1 - sessionShare) + sessionShare)
  }

  /// What begins is the same for every policy, because its draws are its own.
  func job(_ name: UInt64, seed: UInt64, tenant: UInt32?) -> Job {
    var random = Random(seed: seed &* 0x9E37_79B9 &+ name &* 0x85EB_CA77_C2B2_AE63)
    let tenant = tenant ?? self.tenant(at: random.unit())
    return random.chance(sessionChance)
      ? conversation(name, tenant: tenant, random)
      : Job(
        session: nil, tenant: tenant, prompt: Int64(single.drawn(&random)), turnsLeft: 1, random: random)
  }

  private func conversation(_ name: UInt64, tenant: UInt32, _ random: Random) -> Job {
    var random = random
    let turns = turns.lowerBound + random.below(turns.count)
    return Job(session: name, tenant: tenant, prompt: Int64(random.logWithin(prefix)), turnsLeft: turns, random: random)
  }

  func tenant(at place: Double) -> UInt32 {
    var sum = 0.0
    for (tenant, share) in tenantShares.enumerated() {
      sum += share / tenantShares.reduce(0, +)
      if place < sum { return UInt32(tenant) }
    }
    return UInt32(tenantShares.count - 1)
  }

  /// The mean final cost of what begins, if a conversation stays where its cache is; of a thousand of each kind.
  func meanCost() -> Double {
    var (random, conversations, singles) = (Random(seed: 1), 0.0, 0.0)
    for name in 0..<UInt64(1_000) {
      var job = conversation(name, tenant: 0, random.split())
      var cached: Int64 = 0
      while job.turnsLeft > 0 {
        let output = Int64(output.drawn(&job.random))
        conversations += Double(job.prompt - cached + burndown * output) / 1_000
        cached = job.prompt
        job.advance(output: output, added: Int64(added.drawn(&job.random)))
      }
      singles += (single.drawn(&random) + Double(burndown) * output.drawn(&random)) / 1_000
    }
    return sessionChance * conversations + (1 - sessionChance) * singles
  }
}

extension SessionWorkload.Job {
  mutating func advance(output: Int64, added: Int64) {
    prompt += output + added
    turnsLeft -= 1
  }
}

extension Workload.Lengths {
  func drawn(_ random: inout Random, atLeast least: Double = 1) -> Double {
    Swift.max(least, Swift.min(random.logNormal(median: median, sigma: sigma), max))
  }
}
