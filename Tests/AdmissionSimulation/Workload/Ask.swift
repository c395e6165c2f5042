package import AdmissionControl

/// A request as a policy sees it: what it asks for, without its fate.
package struct Ask: Sendable {
  package var cost: Cost
  /// Nanoseconds of the client's clock.
  package var deadline: Int64?
  package var priority: Int
  package var tenant: UInt32
  /// Attempts so far.
  package var attempts = 0

  package var isRetry: Bool { attempts > 0 }
}

/// What will become of a request: drawn as it is made, and not shown to policies before it ends.
struct Fate: Sendable {
  var input: Int64
  var output: Int64
  var maxTokens: Int64
  var burndown: Int64
  var firstToken: Int64
  var nanosecondsPerToken: Double

  /// From the start to the end without faults, in nanoseconds.
  var duration: Int64 { firstToken + Int64(Double(output) * nanosecondsPerToken) }

  /// Output tokens produced this long after the start.
  func output(after nanoseconds: Int64) -> Int64 {
    min(max(0, Int64(Double(nanoseconds - firstToken) / nanosecondsPerToken)), output)
  }

  /// The final cost with this output.
  func final(output: Int64) -> Amounts {
    Amounts(tokens: input + burndown * output, inputTokens: input, outputTokens: output)
  }

  var reserved: Amounts { Amounts(tokens: input + maxTokens, inputTokens: input, outputTokens: maxTokens) }
  /// What the server debits when the request starts.
  func reserved(withBurndown counts: Bool) -> Amounts {
    var amounts = reserved
    if counts { amounts.tokens = input + burndown * maxTokens }
    return amounts
  }

  var known: Amounts { Amounts(tokens: input, inputTokens: input) }
}

extension Workload {
  func fate(_ random: inout Random) -> Fate {
    let input = Int64(max(1, self.input.draw(&random)))
    var output = Int64(max(1, self.output.draw(&random)))
    let most: Int64 =
      switch maxTokens {
      case .timesOutput(let factor): output * factor
      case .fixed(let tokens): tokens
      case .unset: Self.modelMax
      }
    output = min(output, most)
    return Fate(
      input: input, output: output, maxTokens: most, burndown: burndown,
      firstToken: Int64(firstTokenSeconds.draw(&random) * 1e9), nanosecondsPerToken: 1e9 / tokensPerSecond)
  }

  func ask(_ fate: Fate, meanOutput: Double, tenant: UInt32, now: Int64, _ random: inout Random) -> Ask {
    var cost = Cost(reserved: fate.reserved, known: fate.known, key: 1)
    if tellsBurndown { cost.burndownExtra = (fate.burndown - 1) * fate.maxTokens }
    if isForetold { cost.predicted = fate.final(output: Int64(meanOutput)) }
    let deadline = random.chance(impatientShare) ? now + Int64(random.within(patienceSeconds) * 1e9) : nil
    return Ask(cost: cost, deadline: deadline, priority: priorities > 1 ? random.below(priorities) : 0, tenant: tenant)
  }
}
