import AdmissionControl
import AdmissionSimulation

/// One of the tasks: reserves in a random way, holds the reservation for a moment, and ends it in a random way.
struct Worker: Sendable {
  private let limiter: Limiter
  private let random: Random
  private let watchdog: Watchdog

  init(_ limiter: Limiter, random: Random, watchdog: Watchdog) {
    self.limiter = limiter
    self.random = random
    self.watchdog = watchdog
  }

  func run(_ count: Int) async -> Tally {
    var random = random
    var tally = Tally()
    for _ in 0..<count {
      await ask(&random, &tally)
      watchdog.count()
    }
    return tally
  }

  private func ask(_ random: inout Random, _ tally: inout Tally) async {
    tally.asked += 1
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: await askAtOnce(&random, &tally)
    case 2...5: await askAndWait(&random, &tally)
    default: await askAndCancel(&random, &tally)
    }
  }

  private func askAtOnce(_ random: inout Random, _ tally: inout Tally) async {
    do {
      let reservation = try limiter.tryReserve(
        cost(&random), priority: .random(in: -1...3, using: &random), tenant: .random(in: 0...4, using: &random))
      guard let reservation else {
        tally.toldToWait += 1
        return
      }
      await use(reservation, &random, &tally)
    } catch {
      tally.refuse(error)
    }
  }

  private func askAndWait(_ random: inout Random, _ tally: inout Tally) async {
    let deadline = random.chance(0.5) ? Duration.microseconds(Int.random(in: 0...5_000, using: &random)) : nil
    do {
      let reservation = try await limiter.reserve(
        cost(&random), deadline: deadline, priority: .random(in: -1...3, using: &random),
        tenant: .random(in: 0...4, using: &random), isRetry: random.chance(0.05))
      await use(reservation, &random, &tally)
    } catch let refusal as Refusal {
      tally.refuse(refusal)
    } catch {
      tally.cancelled += 1
    }
  }

  /// In a task of its own, which is cancelled at once, after a moment, or long after its admission.
  private func askAndCancel(_ random: inout Random, _ tally: inout Tally) async {
    let seed = random.next()
    let task = Task {
      var (random, tally) = (Random(seed: seed), Tally())
      await askAndWait(&random, &tally)
      return tally
    }
    for _ in 0..<Int.random(in: 0...3, using: &random) { await Task.yield() }
    task.cancel()
    tally.add(await task.value)
  }

  /// Mostly some thousand tokens; a few are huge or invalid.
  private func cost(_ random: inout Random) -> Cost {
    let input = Int64.random(in: 1...2_000, using: &random)
    let maxTokens = Int64.random(in: 1...4_000, using: &random)
    switch Int.random(in: 0..<1_000, using: &random) {
    case 0: return Cost(input: -input, maxTokens: 0)
    case 1: return Cost(input: .max, maxTokens: maxTokens)
    case 2: return Cost(input: input, maxTokens: 20_000_000)
    default: return Cost(input: input, maxTokens: maxTokens, key: .random(in: 0...3, using: &random))
    }
  }

  private func use(_ reservation: consuming Reservation, _ random: inout Random, _ tally: inout Tally) async {
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      if random.chance(0.3) { reservation.update(used: amounts(&random)) }
      await Task.yield()
    }
    switch Int.random(in: 0..<40_000, using: &random) {
    case 0:
      // Rare, because each stops all admissions for a second or two.
      tally.throttled += 1
      reservation.settle(.throttled([.requests, .tokens, .unknown].randomElement(using: &random)!))
    case 1..<28_000:
      tally.completed += 1
      reservation.settle(used: amounts(&random))
    case 28_000..<32_000:
      tally.capacity += 1
      reservation.settle(.capacity)
    case 32_000..<34_000:
      tally.failed += 1
      reservation.settle(.failed(used: amounts(&random)))
    case 34_000..<36_000:
      tally.dropped += 1
    default:
      tally.released += 1
      reservation.settle(.cancelled)
    }
  }

  /// Sometimes more than was reserved.
  private func amounts(_ random: inout Random) -> Amounts { Amounts(tokens: .random(in: 0...5_000, using: &random)) }
}
