extension SeedPlan {
  private static let second: Int64 = 1_000_000_000

  /// - Parameter end: when they are all over, but for those that never are.
  static func faults(clients: Int, end: Int64, _ random: inout Random) -> [Fault] {
    guard !random.chance(0.12), end > 60 * second else { return [] }
    return (0..<1 + random.below(7)).map { _ in
      let from = Int64(random.within(0...0.7) * Double(end))
      let to = min(from + Int64(random.logWithin(1...120) * 1e9), end)
      let client = random.below(clients)
      switch random.below(16) {
      case 0: return Fault(.delay(meanSeconds: random.logWithin(0.05...2)), from: from, to: to)
      case 1: return Fault(.loss(random.logWithin(0.01...0.3)), from: from, to: to)
      case 2: return Fault(.groundlessRefusals(random.logWithin(0.01...1)), from: from, to: to)
      case 3: return Fault(.silentRefusals, from: from, to: to)
      case 4: return Fault(.noCapacity(random.logWithin(0.01...1)), from: from, to: to)
      case 5: return Fault(.cuts(random.logWithin(0.02...1)), from: from, to: to)
      case 6: return Fault(.missingUsage(random.logWithin(0.02...1)), from: from, to: to)
      case 7, 8: return Fault(.givingUp(random.logWithin(0.05...1)), from: from, to: to)
      case 9: return Fault(.clockBack(client: client, seconds: random.logWithin(0.001...60)), from: from, to: from)
      case 10: return Fault(.pause(client: client), from: from, to: min(from + Int64(random.logWithin(0.01...90) * 1e9), end))
      case 11:
        return Fault(.quota(factor: random.logWithin(0.3...2), isTold: true), from: from, to: random.chance(0.3) ? .max : to)
      case 12:
        return Fault(.quota(factor: random.within(0.3...0.95), isTold: false), from: from, to: random.chance(0.4) ? .max : to)
      case 13, 14: return Fault(.foreign(share: random.within(0.05...0.6)), from: from, to: random.chance(0.4) ? .max : to)
      default: return Fault(.lateTimers(random.logWithin(0.001...0.3)), from: from, to: to)
      }
    }
  }
}
